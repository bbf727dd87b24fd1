import type { AnswerEvent } from "../protocol/events.ts";
import { checkSentences } from "./check-sentences.ts";
import { type Conversation, readConversation } from "./conversation.ts";
import { filterByStrictness } from "./filter.ts";
import { fuse } from "./fuse.ts";
import { rerank } from "./rerank/rerank.ts";
import { queriesForGaps } from "./rewrite/look-again.ts";
import { withCalls } from "./model-call.ts";
import type { AnswerServices, Question } from "./question.ts";
import { rank } from "./rank.ts";
import { refuse } from "./refuse.ts";
import { type ResultList, retrieve } from "./retrieve.ts";
import { rewriteQuery } from "./rewrite/rewrite-query.ts";
import { type Run, startRun } from "./run.ts";
import { stopwatch } from "./stopwatch.ts";
import { type Material, write } from "./write.ts";

/** A question's answer, and how it came to be for those who asked. */
export async function* answer(
  question: Question,
  services: AnswerServices,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const run = startRun(question, services, signal);
  let text = "";
  for await (const event of flow(run)) {
    if (event.type === "text-delta") text += event.text;
    yield event.type === "usage"
      ? { ...event, usage: withCalls(event.usage, run.trace.calls) }
      : event;
  }
  if (question.wantsExtensions) {
    yield { type: "sentences", sentences: checkSentences(text, run.announced, run) };
  }
  if (question.wantsTrace) yield { type: "trace", trace: run.trace };
}

/** The whole flow, in order; each step is a file beside this one. */
async function* flow(run: Run): AsyncGenerator<AnswerEvent> {
  const { sources, chat } = run.question;
  const conversation = readConversation(chat);
  if (sources.length === 0) {
    yield* write(run, { conversation, queries: [], passages: [] });
    return;
  }

  const material = yield* search(conversation, run);
  const inScope = sources.every(({ common }) => common.inScope);
  if (material.passages.length === 0 && inScope) {
    yield* refuse(run, material);
    return;
  }
  yield* write(run, material);
}

/** Finds what the answer is written from. A deep search looks again for what its first round did not find. */
async function* search(
  conversation: Conversation,
  run: Run,
): AsyncGenerator<AnswerEvent, Required<Material>> {
  const timed = stopwatch(run.question);
  const judge = (lists: ResultList[]) =>
    timed("rank", () => filterByStrictness(fuse(lists, run), run));

  const queries = await timed("rewrite", () => rewriteQuery(conversation, run));
  yield { type: "search-queries", queries: queries.map(({ text }) => text) };
  const lists = await timed("retrieve", () => retrieve(queries, run));
  let candidates = judge(lists);

  const further = await timed("rewrite", () =>
    queriesForGaps(queries, rank(candidates, run).used, { conversation, run }),
  );
  if (further.length > 0) {
    yield { type: "search-queries", queries: further.map(({ text }) => text) };
    const more = await timed("retrieve", () => retrieve(further, run, { isFurtherRound: true }));
    candidates = judge([...lists, ...more]);
  }

  const reranked = await timed("rank", () => rerank(candidates, queries, run));
  const { used, ranked } = rank(reranked, run);
  return { conversation, queries, passages: used, ranked };
}
