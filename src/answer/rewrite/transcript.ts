import { countTokens, cutTokens, keepEnds } from "../../ingest/tokens.ts";
import type { ChatRequestMessage } from "../../protocol/chat.ts";
import { textOf } from "../conversation.ts";

/** History and question together, as the service capped them. */
const MOST_TOKENS = 2_000;
/** Of each answer only so much: it is there to tell what a question refers to. */
const ANSWER_TOKENS = 300;
/** Who says it, and the end of the line. */
const NAME_TOKENS = 4;
/** Characters of an answer that are looked at for that. */
const ANSWER_READ = 10_000;

/** What was said, newest last, in as many tokens as a model needs to understand the last question. */
export function transcriptOf(turns: ChatRequestMessage[]): string {
  const lines: string[] = [];
  let left = MOST_TOKENS;
  const last = turns.findLastIndex(({ role }) => role === "user");
  for (const turn of turns.slice(0, last + 1).toReversed()) {
    const said = saidIn(turn, left - NAME_TOKENS);
    if (said === "") continue;
    const line = `${turn.role}: ${said.replaceAll(/<(?=\/?conversation)/giu, "‹")}`;
    const tokens = countTokens(`${line}\n`);
    if (lines.length > 0 && tokens > left) break;
    left -= tokens;
    lines.unshift(line);
  }
  return lines.join("\n");
}

/** Of a long question both ends, of an answer its beginning; nothing of other messages. */
function saidIn(turn: ChatRequestMessage, limit: number): string {
  if (turn.role === "user") return keepEnds(textOf(turn).trim(), limit);
  if (turn.role !== "assistant") return "";
  const answer = textOf(turn)
    .slice(0, ANSWER_READ)
    .replaceAll(/\s*\[doc\d+\]/gu, "");
  return cutTokens(answer.trim(), Math.min(limit, ANSWER_TOKENS));
}
