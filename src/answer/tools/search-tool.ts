import { z } from "zod";

import { countTokens } from "../../ingest/tokens.ts";
import type { AnswerEvent } from "../../protocol/events.ts";
import { parseJson } from "../../util/parse-json.ts";
import type { Citable } from "../citable.ts";
import { announce } from "../citations.ts";
import { frame } from "../prompt/frame.ts";
import type { RankedCandidate } from "../rank.ts";
import type { Run } from "../run.ts";
import { type FoundAgain, searchAgain } from "../search.ts";
import { recordStep } from "./record-step.ts";
import type { CallCircumstances, HostedTool } from "./hosted-tool.ts";

const NAME = "file_search";
/** Longest query, in characters. */
const LONGEST_QUERY = 1_000;
/** Tokens of what is said around the passages. */
const AROUND = 100;

const argumentsSchema = z.object({ query: z.string().trim().min(1) });

/** Lets the model search the documents of the request with queries of its own; what it finds may be named by further markers. */
export function fileSearchTool(run: Run, citable: Citable): HostedTool {
  return {
    kind: "file_search",
    definition: {
      name: NAME,
      description:
        "Searches the user's documents and gives passages, each with its marker. Use it when the documents you have do not answer the question: search for one thing at a time, in words that its text would use.",
      parameters: {
        type: "object",
        properties: { query: { type: "string", description: "What to search for." } },
        required: ["query"],
        additionalProperties: false,
      },
    },
    async *call(argumentsText, { room }) {
      const given = argumentsSchema.safeParse(parseJson(argumentsText));
      if (!given.success) return `The arguments of ${NAME} should be JSON: {"query": "..."}`;
      return yield* searchFor(given.data.query.slice(0, LONGEST_QUERY), { run, citable, room });
    },
    close: async () => {},
  };
}

async function* searchFor(
  query: string,
  { run, citable, room }: { run: Run; citable: Citable } & Pick<CallCircumstances, "room">,
): AsyncGenerator<AnswerEvent, string> {
  const step = recordStep(run, { tool: "file_search", query });
  yield step.start;
  yield { type: "search-queries", queries: [query] };
  const found = await searchAgain(query, citable.given, run);
  const { isSettled } = run.citing;
  const { fitting, text } = describe(found, { query, citable, room, isSettled });
  citable.ranked.push(...found.ranked);
  if (!isSettled) {
    citable.given.push(...fitting);
    yield announce(run, citable);
  }
  yield step.end({
    status: found.hasFailed ? "failed" : "completed",
    found: fitting.length,
  });
  return text;
}

/** What the model reads, in so many tokens. */
function describe(
  { used, again, hasFailed }: FoundAgain,
  {
    query,
    citable,
    room,
    isSettled,
  }: { query: string; citable: Citable; room: number; isSettled: boolean },
): { fitting: RankedCandidate[]; text: string } {
  const first = citable.given.length + 1;
  const framed = frame(passagesOf(used), query, { first });
  let left = room - AROUND;
  const fitting = used.filter((_, index) => {
    const tokens = countTokens(framed.documents[index] ?? "") + 1;
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
  const shown = frame(passagesOf(fitting), query, { first });
  const known = again.map((position) => `[doc${position + 1}]`).join(", ");
  const parts = [
    ...(fitting.length > 0 ? [shown.block(shown.documents)] : []),
    ...(fitting.length > 0 && isSettled
      ? ["These documents cannot be named by a marker any more: say in words where they are from."]
      : []),
    ...(known === "" ? [] : [`Documents you have already that match, too: ${known}.`]),
  ];
  const nothing = hasFailed
    ? "The search failed."
    : used.length > 0
      ? "There is no room for what was found."
      : "Nothing was found. Try other words, or answer from what you have.";
  return { fitting, text: parts.length > 0 ? parts.join("\n\n") : nothing };
}

function passagesOf(candidates: RankedCandidate[]) {
  return candidates.map(({ passage }) => passage);
}
