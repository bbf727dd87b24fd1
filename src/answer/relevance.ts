import type { Analyzer } from "../search/analysis/analyze.ts";
import { detectLanguage } from "../search/analysis/language.ts";
import type { ScoreKind, SourcePassage } from "../sources/source.ts";

/** Longest beginning of a passage that is read for this, in characters. */
const READ = 4_000;
/** Words this far apart at most still stand together. */
const NEAR = 4;
/** What a passage loses whose words stand nowhere together as in the query. */
const SCATTERED = 0.15;
/** What the first place in a list says that an engine made by meaning and words together, and how fast that fades. */
const RANK_TRUST = 0.3;
const RANK_FADES = 5;

/** How relevant a passage is to a query, 0…1. */
export type Judge = (query: string, passage: SourcePassage, rank: number) => number;

/**
 * Judges the passages of one source that says no more than their order (BM25 or fused ranks of foreign engines): the share of
 * the query's words a passage has, rare ones among these passages counting more, and a little less when they stand apart.
 * An engine that ranks by vectors, too, may have seen a likeness of meaning that shares no word: its first places are believed
 * a little.
 */
export function createJudge(
  passages: SourcePassage[],
  { analyzer, scoreKind }: { analyzer: Analyzer; scoreKind: ScoreKind },
): Judge {
  const language = detectLanguage(passages.map(({ matched }) => matched).join("\n"));
  const read = new Map(
    passages.map((passage) => [passage.id, analyzer.terms(textOf(passage), language)]),
  );
  const present = new Map([...read].map(([id, terms]) => [id, new Set(terms)]));
  const weight = memoized((term) => {
    const count = [...present.values()].filter((terms) => terms.has(term)).length;
    return 1 + Math.log((present.size + 1) / (count + 1));
  });
  const termsOf = memoized((query) => analyzer.terms(query, language));

  return (query, { id }, rank) => {
    const asked = termsOf(query);
    const distinct = [...new Set(asked)];
    const total = sum(distinct.map(weight));
    // Nothing but stop words: the engine is taken at its word.
    if (total === 0) return 1;
    const found = sum(distinct.filter((term) => present.get(id)?.has(term)).map(weight));
    const together = shareTogether(asked, read.get(id) ?? []);
    const byWords = (found / total) * (1 - SCATTERED * (1 - together));
    const byRank = scoreKind !== "lexical" ? RANK_TRUST / (1 + rank / RANK_FADES) : 0;
    return 1 - (1 - byWords) * (1 - byRank);
  };
}

function textOf({ title, headingPath, matched }: SourcePassage): string {
  return [title ?? "", ...headingPath, matched.slice(0, READ)].join("\n");
}

/** Share of the query's neighbouring words that are near each other in the passage too. */
function shareTogether(asked: string[], terms: string[]): number {
  const pairs = asked.slice(1).map((term, index) => [asked[index] ?? "", term] as const);
  if (pairs.length === 0) return 1;
  const places = new Map<string, number[]>();
  terms.forEach((term, place) => {
    const known = places.get(term);
    if (known) known.push(place);
    else places.set(term, [place]);
  });
  const near = pairs.filter(([left, right]) =>
    places
      .get(left)
      ?.some((at) => places.get(right)?.some((other) => Math.abs(other - at) <= NEAR)),
  );
  return near.length / pairs.length;
}

function memoized<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
