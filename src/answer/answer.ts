import type { AnswerEvent } from "../protocol/events.ts";
import { retrievedOf } from "./citations.ts";
import { readConversation } from "./conversation.ts";
import { filterByStrictness } from "./filter.ts";
import type { AnswerServices, Question } from "./question.ts";
import { rank } from "./rank.ts";
import { refuse } from "./refuse.ts";
import { retrieve } from "./retrieve.ts";
import { rewriteQuery } from "./rewrite-query.ts";
import { stopwatch } from "./stopwatch.ts";
import { write } from "./write.ts";

/** The whole flow, in order; each step is a file beside this one. */
export async function* answer(
  question: Question,
  services: AnswerServices,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const timed = stopwatch(question);
  const conversation = readConversation(question.chat);
  if (question.sources.length === 0) {
    yield* write(question, { conversation, passages: [], signal });
    return;
  }

  const queries = timed("rewrite", () => rewriteQuery(conversation, question.sources));
  yield { type: "search-queries", queries };
  const candidates = await timed("retrieve", () =>
    retrieve(queries, question.sources, { ...services, signal }),
  );
  const { used, ranked } = timed("rank", () =>
    rank(filterByStrictness(candidates, question.sources), question.sources),
  );

  const inScope = question.sources.every(({ common }) => common.inScope);
  if (used.length === 0 && inScope) {
    yield { type: "citations", citations: [], retrieved: retrievedOf(ranked) };
    yield* refuse(question, conversation);
    return;
  }
  yield* write(question, { conversation, passages: used, ranked, signal });
}
