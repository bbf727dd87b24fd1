import { GroundwireError, toGroundwireError } from "../protocol/errors.ts";
import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { QueryMaker, TracedSource } from "../protocol/trace.ts";
import type { ScoreKind, Source, SourcePassage } from "../sources/source.ts";
import { withDeadline } from "../util/deadline.ts";
import { candidatesFor } from "./plan.ts";
import type { Run } from "./run.ts";
import { tenths } from "./trace.ts";

/** What a question is searched with. */
export interface Query {
  text: string;
  madeBy: QueryMaker;
  /** What its passages must be relevant to when that is more than its own words: a question it is a part of. */
  judgedAs?: string;
}

/** What one source found for one query, best first. */
export interface ResultList {
  query: Query;
  sourceIndex: number;
  scoreKind: ScoreKind;
  passages: SourcePassage[];
}

/**
 * Every query on every source, in parallel. A failed search fails the question at once and ends the others, unless its
 * source allows partial results; then it is reported, and the question fails only when every search did.
 */
export async function retrieve(
  queries: Query[],
  run: Run,
  { isFurtherRound = false } = {},
): Promise<ResultList[]> {
  const { question, trace, signal } = run;
  const round = isFurtherRound ? 2 : 1;
  trace.queries.push(...queries.map(({ text, madeBy }) => ({ text, made_by: madeBy, round })));
  const others = new AbortController();
  const both = AbortSignal.any([signal, others.signal]);
  const opened = question.sources.map(({ source }) => run.services.openSource(source));
  const searches = opened.flatMap((source, sourceIndex) =>
    queries.map(async (query) => {
      try {
        return await searchOne({ source, sourceIndex, query }, { ...run, signal: both });
      } catch (error) {
        signal.throwIfAborted();
        if (!isFurtherRound && !question.sources[sourceIndex]?.common.allowPartialResult)
          others.abort(error);
        both.throwIfAborted();
        throw report(error, { sourceIndex, query: query.text, run });
      }
    }),
  );
  const settled = await Promise.allSettled(searches);
  both.throwIfAborted();
  const lists = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = settled.find((result) => result.status === "rejected");
  if (failure && lists.length === 0 && !isFurtherRound) throw failure.reason;
  return lists;
}

interface Search {
  source: Source;
  sourceIndex: number;
  query: Query;
}

async function searchOne(
  { source, sourceIndex, query }: Search,
  { question, services, plan, trace, signal }: Run,
): Promise<ResultList> {
  const { common } = question.sources[sourceIndex] as DataSource; // opened from this very list
  const traced = trace.sources[sourceIndex] as TracedSource; // one for each source
  const seconds = services.sourceSeconds;
  const late = (): GroundwireError =>
    new GroundwireError(
      "data_source_unavailable",
      `The data source ${sourceIndex + 1} (${source.type}) has not answered within ${seconds} seconds.`,
    );
  const limit = candidatesFor(plan, common);
  const { allowPartialResult: allowPartial } = common;
  const started = performance.now();
  traced.searches++;
  try {
    const passages = await withDeadline({ seconds, signal, late }, (either) =>
      source.search({ text: query.text, limit, allowPartial, signal: either }),
    );
    traced.found += passages.length;
    return { query, sourceIndex, scoreKind: source.scoreKind, passages };
  } finally {
    traced.milliseconds = Math.max(traced.milliseconds, tenths(performance.now() - started));
  }
}

/** A search that failed while others may do: the caller is told of it, in the words of our own errors only. */
function report(
  thrown: unknown,
  { sourceIndex, query, run }: { sourceIndex: number; query: string; run: Run },
): GroundwireError {
  const error = toGroundwireError(thrown);
  const traced = run.trace.sources[sourceIndex];
  if (traced?.failures.length === 0) {
    run.question.onWarning?.(
      `data source ${sourceIndex + 1} (${traced.type}) answered in part or not at all: ${error.message}`,
    );
  }
  traced?.failures.push({ query, reason: error.message });
  return error;
}
