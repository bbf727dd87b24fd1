import type { BlockStore, SegmentMeta } from "../block-store.ts";
import { createMatcher } from "./matcher.ts";
import type { LexicalQuery } from "./query.ts";
import { readPostings } from "./segment.ts";
import { readStatistics, type Statistics, weighTerms, weighWords } from "./statistics.ts";
import { bestOf } from "./top.ts";

const K1 = 1.2;
const B = 0.75;
/** Passages that are scored by words alone before bigrams decide among them; deeper changes no ranking measurably. */
const CANDIDATES = 200;

export interface LexicalHit {
  passageId: number;
  /** BM25 of words and weighted bigrams. */
  score: number;
  /** 0…1: idf-weighted share of the query's words found in the passage. */
  coverage: number;
}

export interface PassageRange {
  base: number;
  span: number;
}

export interface LexicalOptions {
  limit: number;
  /** Only passages in these ranges; absent: all. */
  allowed?: PassageRange[];
}

/**
 * Exact BM25 (k1 1.2, b 0.75, idf ln(1 + (N − n + 0.5)/(n + 0.5))) over all segments, best first. The ranking does not
 * depend on how the passages are spread over segments. Ties go to the lower id.
 */
export async function searchLexical(
  store: BlockStore,
  query: LexicalQuery,
  options: LexicalOptions,
): Promise<LexicalHit[]> {
  const segments = await store.segments();
  if (segments.length === 0 || query.words.length === 0) return [];
  const terms = [...new Set(query.words.flat(2)), ...query.bigrams.values()];
  const statistics = await readStatistics(store, { segments, terms });
  const words = weighWords(query, statistics);
  const candidates = await scoreWords(store, {
    segments,
    statistics,
    weights: weighTerms(words),
    options,
  });
  const hashes = await store.termHashes(candidates.map(({ passageId }) => passageId));
  const matcher = createMatcher(words, { bigrams: query.bigrams, statistics });
  return candidates
    .map(({ passageId, score, length }, index): LexicalHit => {
      const { bigrams, coverage } = matcher.match(hashes[index] ?? new Uint32Array());
      const norm = lengthNorm(length, statistics);
      const pairs = bigrams.reduce(
        (sum, { weight, frequency }) => sum + saturated(weight, { frequency, norm }),
        0,
      );
      return { passageId, score: score + pairs, coverage };
    })
    .toSorted((left, right) => right.score - left.score || left.passageId - right.passageId)
    .slice(0, options.limit);
}

function lengthNorm(length: number, { averageLength }: Statistics): number {
  return K1 * (1 - B + (B * length) / averageLength);
}

function saturated(
  weight: number,
  { frequency, norm }: { frequency: number; norm: number },
): number {
  return (weight * (K1 + 1) * frequency) / (frequency + norm);
}

interface Candidate {
  passageId: number;
  score: number;
  length: number;
}

/** Term by term through the postings: linear in their number, some 10 ns each. */
async function scoreWords(
  store: BlockStore,
  {
    segments,
    statistics,
    weights,
    options,
  }: {
    segments: SegmentMeta[];
    statistics: Statistics;
    weights: ReadonlyMap<string, number>;
    options: LexicalOptions;
  },
): Promise<Candidate[]> {
  const best = bestOf<Candidate>(
    Math.max(CANDIDATES, options.limit),
    (left, right) => left.score - right.score || right.passageId - left.passageId,
  );
  for (const segment of segments) {
    const postings = statistics.postings.get(segment.id);
    if (!postings || postings.size === 0) continue;
    const lengths = await store.lengths(segment.id);
    const scores = new Float64Array(segment.span);
    for (const [term, weight] of weights) {
      const list = postings.get(term);
      if (!list) continue;
      readPostings(list, (id, frequency) => {
        const norm = lengthNorm(lengths[id] ?? 0, statistics);
        scores[id] = (scores[id] ?? 0) + saturated(weight, { frequency, norm });
      });
    }
    const hidden = hiddenIn(segment, { segments, allowed: options.allowed });
    scores.forEach((score, id) => {
      if (score === 0 || score < (best.least()?.score ?? 0) || hidden?.[id]) return;
      best.add({ passageId: segment.base + id, score, length: lengths[id] ?? 0 });
    });
  }
  return best.items();
}

/** Marks the passages of a segment that are dead or not allowed; null when none is. */
function hiddenIn(
  segment: SegmentMeta,
  { segments, allowed }: { segments: SegmentMeta[]; allowed: PassageRange[] | undefined },
): Uint8Array | null {
  const dead = segments.filter((other) => other.deadIn === segment.id);
  if (dead.length === 0 && !allowed) return null;
  const hidden = new Uint8Array(segment.span).fill(allowed ? 1 : 0);
  const fill = ({ base, span }: PassageRange, value: number): void => {
    const start = Math.max(0, base - segment.base);
    hidden.fill(value, start, Math.max(start, base + span - segment.base));
  };
  for (const range of allowed ?? []) fill(range, 0);
  for (const range of dead) fill(range, 1);
  return hidden;
}
