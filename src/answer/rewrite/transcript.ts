import { cutTokens, countTokens } from "../../ingest/tokens.ts";
import type { ChatRequestMessage } from "../../protocol/chat.ts";
import { textOf } from "../conversation.ts";

/** History and question together, as the service capped them. */
const MOST_TOKENS = 2_000;
/** Of each answer only so much: it is there to tell what a question refers to. */
const ANSWER_TOKENS = 300;

/** What was said, newest last, in as many tokens as a model needs to understand the last question. */
export function transcriptOf(turns: ChatRequestMessage[]): string {
  const lines: string[] = [];
  let left = MOST_TOKENS;
  const last = turns.findLastIndex(({ role }) => role === "user");
  for (const turn of turns.slice(0, last + 1).toReversed()) {
    if (turn.role !== "user" && turn.role !== "assistant") continue;
    const said = textOf(turn)
      .replaceAll(/\s*\[doc\d+\]/gu, "")
      .trim();
    if (said === "") continue;
    const cut = cutTokens(said, turn.role === "user" ? left : Math.min(left, ANSWER_TOKENS));
    const line = `${turn.role}: ${cut.replaceAll(/<(?=\/?conversation)/giu, "‹")}`;
    const tokens = countTokens(line);
    if (lines.length > 0 && tokens > left) break;
    left -= tokens;
    lines.unshift(line);
  }
  return lines.join("\n");
}
