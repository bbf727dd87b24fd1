import type { Citation, RetrievedDocument } from "../protocol/events.ts";
import type { SourcePassage } from "../sources/source.ts";
import type { RankedCandidate } from "./rank.ts";

/** The passages in the order of their markers: the first is `[doc1]`. */
export function citationsOf(passages: { passage: SourcePassage }[]): Citation[] {
  return passages.map(({ passage }) => toCitation(passage));
}

function toCitation({ content, title, url, filepath, chunkId }: SourcePassage): Citation {
  return { content, title, url, filepath, chunk_id: chunkId };
}

/** Everything that was found, with why it was not used. */
export function retrievedOf(ranked: RankedCandidate[]): RetrievedDocument[] {
  return ranked.map(({ passage, queries, sourceIndex, relevance, passes, used }) => ({
    ...toCitation(passage),
    search_queries: queries,
    data_source_index: sourceIndex,
    original_search_score: passage.score,
    rerank_score: relevance,
    ...(used ? {} : { filter_reason: passes ? ("rerank" as const) : ("score" as const) }),
  }));
}
