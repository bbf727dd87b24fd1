import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { Source, SourcePassage, SourceQuery } from "../sources/source.ts";
import type { AnswerServices } from "./question.ts";

/** A passage with where and by what it was found. */
export interface Candidate {
  passage: SourcePassage;
  sourceIndex: number;
  queries: string[];
  /** Reciprocal ranks over the queries that found it: comparable between sources. */
  fused: number;
  /** 0…1: how much of the question it covers, the best over the queries. */
  relevance: number;
}

/** Passages asked for per passage that will be used. */
const DEPTH = 4;
const LEAST_DEPTH = 20;
/** Damps the difference between the first ranks (reciprocal rank fusion). */
const RANK_CONSTANT = 60;

/** Every query on every source, in parallel; best first. One failure fails the question, unless partial results are allowed. */
export async function retrieve(
  queries: string[],
  sources: DataSource[],
  { openSource, signal }: AnswerServices & { signal: AbortSignal },
): Promise<Candidate[]> {
  const searches = sources.flatMap(({ source, common }, sourceIndex) => {
    const opened = openSource(source);
    const limit = Math.max(LEAST_DEPTH, common.topNDocuments * DEPTH);
    const { allowPartialResult: allowPartial } = common;
    return queries.map((text) =>
      searchOne(opened, { text, limit, allowPartial, signal, sourceIndex }),
    );
  });
  const settled = await Promise.allSettled(searches);
  signal.throwIfAborted();
  const failures = settled.filter((result) => result.status === "rejected");
  const allowPartial = sources.every(({ common }) => common.allowPartialResult);
  const failure = failures[0];
  if (failure && (!allowPartial || failures.length === settled.length)) throw failure.reason;
  return merge(settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
}

interface Found {
  query: string;
  sourceIndex: number;
  scoreKind: Source["scoreKind"];
  passages: SourcePassage[];
}

async function searchOne(
  source: Source,
  { sourceIndex, ...query }: SourceQuery & { sourceIndex: number },
): Promise<Found> {
  return {
    query: query.text,
    sourceIndex,
    scoreKind: source.scoreKind,
    passages: await source.search(query),
  };
}

function merge(found: Found[]): Candidate[] {
  const byId = new Map<string, Candidate>();
  for (const { query, sourceIndex, passages } of found) {
    passages.forEach((passage, index) => {
      const key = `${sourceIndex} ${passage.id}`;
      const known = byId.get(key);
      byId.set(key, {
        passage: known && known.passage.score >= passage.score ? known.passage : passage,
        sourceIndex,
        queries: [...(known?.queries ?? []), query],
        fused: (known?.fused ?? 0) + 1 / (RANK_CONSTANT + index),
        // A source that cannot tell has ranked its passages; they are taken at its word.
        relevance: Math.max(known?.relevance ?? 0, passage.relevance ?? 1),
      });
    });
  }
  return [...byId.values()].toSorted(
    (left, right) => right.fused - left.fused || right.passage.score - left.passage.score,
  );
}
