import type { AnswerEvent } from "../protocol/events.ts";
import type { Conversation } from "./conversation.ts";
import { filterByStrictness } from "./filter.ts";
import { fuse } from "./fuse.ts";
import { rank, type RankedCandidate } from "./rank.ts";
import { rerank } from "./rerank/rerank.ts";
import { type ResultList, retrieve } from "./retrieve.ts";
import { queriesForGaps } from "./rewrite/look-again.ts";
import { rewriteQuery } from "./rewrite/rewrite-query.ts";
import type { Run } from "./run.ts";
import { stopwatch } from "./stopwatch.ts";
import type { Material } from "./write.ts";

/** Finds what the answer is written from. A deep search looks again for what its first round did not find. */
export async function* search(
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

export interface FoundAgain {
  /** Passages that were not given before. */
  used: RankedCandidate[];
  /** Everything this search found. */
  ranked: RankedCandidate[];
  /** Positions, among those given before, of the ones it found again. */
  again: number[];
  /** Every source failed. */
  hasFailed: boolean;
}

/** One more search, with a query of the model's own. A source that fails is reported and does not end the answer. */
export async function searchAgain(
  text: string,
  given: readonly RankedCandidate[],
  run: Run,
): Promise<FoundAgain> {
  const queries = [{ text, madeBy: "tool" as const }];
  const lists = await retrieve(queries, run, { isFurtherRound: true });
  const candidates = filterByStrictness(fuse(lists, run), run);
  const { used, ranked } = rank(await rerank(candidates, queries, run), run, { given });
  const again = given.flatMap(({ passage, sourceIndex }, position) =>
    candidates.some((one) => one.sourceIndex === sourceIndex && one.passage.id === passage.id)
      ? [position]
      : [],
  );
  return { used, ranked, again, hasFailed: lists.length === 0 };
}
