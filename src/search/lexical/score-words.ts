import type { BlockStore, SegmentMeta } from "../block-store.ts";
import { K1, lengthNorm } from "./bm25.ts";
import type { LexicalOptions, PassageRange } from "./search.ts";
import type { Statistics } from "./statistics.ts";
import { bestOf } from "./top.ts";

/** A passage with its score by words alone. */
export interface Candidate {
  passageId: number;
  score: number;
  /** In terms. */
  length: number;
  /** A bit for each of the question's weightiest terms (`bitsOf`) that it has. */
  terms: number;
}

/** The bit of each term in a candidate's `terms`; only the weightiest have one. */
export function bitsOf(weights: ReadonlyMap<string, number>): Map<string, number> {
  const weightiest = [...weights].toSorted(([, left], [, right]) => right - left).slice(0, 32);
  return new Map(weightiest.map(([term], place) => [term, (1 << place) >>> 0]));
}

/** The best `limit` passages by the words they have; `weights` says what each term is worth. Some 5 ns a posting. */
export async function scoreWords(
  store: BlockStore,
  {
    statistics,
    weights,
    options,
  }: { statistics: Statistics; weights: ReadonlyMap<string, number>; options: LexicalOptions },
): Promise<Candidate[]> {
  const best = bestOf<Candidate>(
    options.limit,
    (left, right) => left.score - right.score || right.passageId - left.passageId,
  );
  const { segments } = statistics;
  const bits = bitsOf(weights);
  // Large ones first: what they hold sets the bar for the others.
  const inOrder = segments.toSorted((left, right) => right.span - left.span);
  const scorer = createScorer(inOrder[0]?.span ?? 0, statistics);
  for (const segment of inOrder) {
    const postings = statistics.postings.get(segment.id);
    if (!postings || postings.size === 0) continue;
    const lengths = await store.lengths(segment.id);
    const terms = [...postings]
      .map(([term, bytes]) => ({ bytes, weight: weights.get(term) ?? 0, bit: bits.get(term) ?? 0 }))
      .filter(({ weight }) => weight > 0)
      .toSorted((left, right) => right.weight - left.weight);
    let left = terms.reduce((sum, { weight }) => sum + weight * (K1 + 1), 0);
    for (const { bytes, weight, bit } of terms) {
      // A passage that has none of the terms before can no longer come among the best.
      const isDecided = left < (best.least()?.score ?? 0);
      scorer.add(bytes, { weight, bit, onlyTouched: isDecided, lengths });
      left -= weight * (K1 + 1);
    }
    const hidden = hiddenIn(segment, { segments, allowed: options.allowed });
    let bar = best.least()?.score ?? 0;
    for (const id of scorer.touched()) {
      const score = scorer.scores[id] ?? 0;
      if (score < bar || hidden?.[id] === 1) continue;
      best.add({
        passageId: segment.base + id,
        score,
        length: lengths[id] ?? 0,
        terms: scorer.masks[id] ?? 0,
      });
      bar = best.least()?.score ?? 0;
    }
    scorer.clear();
  }
  return best.items();
}

/** Sums up the scores of one segment's passages after the other. */
interface Scorer {
  scores: Float64Array;
  /** Bits of the terms that a passage has. */
  masks: Uint32Array;
  /** Adds one term's postings; with `onlyTouched` to passages that have another term already. */
  add(
    postings: Uint8Array,
    term: { weight: number; bit: number; onlyTouched: boolean; lengths: Uint16Array },
  ): void;
  /** Passages with a score. */
  touched(): Uint32Array;
  clear(): void;
}

function createScorer(span: number, { averageLength }: Statistics): Scorer {
  const scores = new Float64Array(span);
  const masks = new Uint32Array(span);
  const touched = new Uint32Array(span);
  let count = 0;
  // `lengthNorm` as a straight line.
  const shortest = lengthNorm(0, { averageLength });
  const slope = lengthNorm(1, { averageLength }) - shortest;
  return {
    scores,
    masks,
    touched: () => touched.subarray(0, count),
    clear() {
      for (let at = 0; at < count; at++) {
        const id = touched[at] ?? 0;
        scores[id] = 0;
        masks[id] = 0;
      }
      count = 0;
    },
    /** The loop of `readPostings` and `saturated`, written out: it is run for every posting of every question. */
    add(postings, { weight, bit, onlyTouched, lengths }) {
      const most = weight * (K1 + 1);
      let at = 0;
      let id = 0;
      while (at < postings.length) {
        let byte = postings[at++] ?? 0;
        let head = byte & 0x7f;
        for (let shift = 7; byte >= 0x80; shift += 7) {
          byte = postings[at++] ?? 0;
          head |= (byte & 0x7f) << shift;
        }
        head >>>= 0;
        id += head >>> 1;
        let frequency = 1;
        if ((head & 1) === 0) {
          byte = postings[at++] ?? 0;
          frequency = byte & 0x7f;
          for (let shift = 7; byte >= 0x80; shift += 7) {
            byte = postings[at++] ?? 0;
            frequency |= (byte & 0x7f) << shift;
          }
        }
        const score = scores[id] ?? 0;
        if (score === 0) {
          if (onlyTouched) continue;
          touched[count++] = id;
        }
        const norm = shortest + slope * (lengths[id] ?? 0);
        scores[id] = score + (most * frequency) / (frequency + norm);
        masks[id] = (masks[id] ?? 0) | bit;
      }
    },
  };
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
