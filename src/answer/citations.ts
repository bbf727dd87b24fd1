import type { AnswerEvent, Citation, RetrievedDocument } from "../protocol/events.ts";
import type { CitationExtension } from "../protocol/extensions.ts";
import type { AnswerTrace } from "../protocol/trace.ts";
import type { SourcePassage } from "../sources/source.ts";
import type { RankedCandidate } from "./rank.ts";
import type { Run } from "./run.ts";

/** Tells which passages are given to whoever answers, in the order of their markers: the first is `[doc1]`. */
export function announce(
  { trace, question, announced }: Run,
  { ranked, given }: { ranked: RankedCandidate[]; given: readonly RankedCandidate[] },
): AnswerEvent {
  trace.passages = tracedPassagesOf(ranked, { given, queries: trace.queries });
  announced.splice(0, announced.length, ...given.map(({ passage }) => passage));
  const citationOf = (candidate: RankedCandidate): Citation => ({
    ...toCitation(candidate.passage),
    ...(question.wantsExtensions ? { x_groundwire: toExtension(candidate) } : {}),
  });
  const retrieved = retrievedOf(ranked, { given, citationOf });
  return { type: "citations", citations: given.map(citationOf), retrieved };
}

function toCitation({ content, title, url, filepath, chunkId }: SourcePassage): Citation {
  return { content, title, url, filepath, chunk_id: chunkId };
}

function toExtension({ passage, relevance }: RankedCandidate): CitationExtension {
  const { fileId, page, headingPath, anchor, content, matched } = passage;
  const start = matched === "" ? -1 : content.indexOf(matched);
  return {
    ...(fileId === undefined ? {} : { file_id: fileId }),
    page,
    heading_path: headingPath,
    anchor,
    matched: start === -1 ? null : { start, end: start + matched.length },
    relevance,
  };
}

/** Everything that was found, with why it was not given to whoever answers. */
function retrievedOf(
  ranked: RankedCandidate[],
  {
    given,
    citationOf,
  }: {
    given: readonly RankedCandidate[];
    citationOf: (candidate: RankedCandidate) => Citation;
  },
): RetrievedDocument[] {
  return ranked.map((candidate) => {
    const { passage, queries, sourceIndex, passes } = candidate;
    return {
      ...citationOf(candidate),
      search_queries: queries,
      data_source_index: sourceIndex,
      original_search_score: passage.score,
      rerank_score: rerankScoreOf(candidate),
      ...(given.includes(candidate)
        ? {}
        : { filter_reason: passes ? ("rerank" as const) : ("score" as const) }),
    };
  });
}

/** What the reranker gave, else what the engine's own did, untouched, else how relevant the passage was found. */
function rerankScoreOf({ passage, relevance, rerankScore }: RankedCandidate): number {
  return rerankScore ?? passage.rerankScore ?? relevance;
}

/** The same for the trace, in more words. */
function tracedPassagesOf(
  ranked: RankedCandidate[],
  { given, queries }: { given: readonly RankedCandidate[]; queries: AnswerTrace["queries"] },
): AnswerTrace["passages"] {
  const texts = queries.map(({ text }) => text);
  const left = given.length === 0 ? "refused" : "budget";
  return ranked.map((candidate) => {
    const { passage, sourceIndex, relevance, outcome } = candidate;
    return {
      data_source_index: sourceIndex,
      title: passage.title,
      filepath: passage.filepath,
      chunk_id: passage.chunkId,
      queries: candidate.queries.map((text) => texts.indexOf(text)),
      original_search_score: passage.score,
      relevance,
      rerank_score: candidate.rerankScore ?? passage.rerankScore,
      outcome: outcome === "used" && !given.includes(candidate) ? left : outcome,
    };
  });
}
