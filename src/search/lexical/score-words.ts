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
  const window = createWindow(statistics);
  for (const segment of inOrder) {
    const postings = statistics.postings.get(segment.id);
    if (!postings || postings.size === 0) continue;
    const lengths = await store.lengths(segment.id);
    const terms = cursorsOf(postings, { weights, bits });
    const hidden = hiddenIn(segment, { segments, allowed: options.allowed });
    for (let start = 0; start < segment.span; start += WINDOW) {
      let bar = best.least()?.score ?? 0;
      // A passage that has none of the terms before can no longer come among the best.
      for (const term of terms)
        window.add(term, { start, lengths, onlyTouched: term.mostFromHere < bar });
      window.drain(start, (id, score, mask) => {
        if (score < bar || hidden?.[id] === 1) return;
        best.add({ passageId: segment.base + id, score, length: lengths[id] ?? 0, terms: mask });
        bar = best.least()?.score ?? 0;
      });
    }
  }
  return best.items();
}

/** One term's postings in a segment, and how far they have been read. */
interface TermCursor {
  postings: Uint8Array;
  at: number;
  /** Of the posting before `at`. */
  id: number;
  weight: number;
  bit: number;
  /** What this term and those after it can add to a score at most. */
  mostFromHere: number;
}

/** Those that count, the weightiest first. */
function cursorsOf(
  postings: ReadonlyMap<string, Uint8Array>,
  { weights, bits }: { weights: ReadonlyMap<string, number>; bits: ReadonlyMap<string, number> },
): TermCursor[] {
  const cursors = [...postings]
    .map(([term, bytes]) => ({
      postings: bytes,
      at: 0,
      id: 0,
      weight: weights.get(term) ?? 0,
      bit: bits.get(term) ?? 0,
      mostFromHere: 0,
    }))
    .filter(({ weight }) => weight > 0)
    .toSorted((left, right) => right.weight - left.weight);
  let most = 0;
  for (const cursor of cursors.toReversed()) cursor.mostFromHere = most += cursor.weight * (K1 + 1);
  return cursors;
}

/** Passages are scored so many at a time: their scores stay in the processor's cache, and those before set the bar for those after. */
const WINDOW = 2_048;

/** Sums up the scores of the passages `start` to `start + WINDOW - 1` of a segment; `start` is a multiple of `WINDOW`. */
interface ScoreWindow {
  /** Adds one term's postings; with `onlyTouched` to passages that have another term already. */
  add(
    term: TermCursor,
    window: { start: number; lengths: Uint16Array; onlyTouched: boolean },
  ): void;
  /** Calls `visit` for each passage with a score, and forgets it; `mask` has the bits of its terms. */
  drain(start: number, visit: (id: number, score: number, mask: number) => void): void;
}

function createWindow({ averageLength }: Statistics): ScoreWindow {
  const scores = new Float64Array(WINDOW);
  const masks = new Uint32Array(WINDOW);
  const touched = new Uint16Array(WINDOW);
  let count = 0;
  // `lengthNorm` as a straight line.
  const shortest = lengthNorm(0, { averageLength });
  const slope = lengthNorm(1, { averageLength }) - shortest;
  return {
    /** The loop of `readPostings` and `saturated`, written out: it is run for every posting of every question. */
    add(term, { start, lengths, onlyTouched }) {
      const { postings, weight, bit } = term;
      const most = weight * (K1 + 1);
      const end = start + WINDOW;
      let { at, id } = term;
      while (at < postings.length) {
        const posting = at;
        let byte = postings[at++] ?? 0;
        let head = byte & 0x7f;
        for (let shift = 7; byte >= 0x80; shift += 7) {
          byte = postings[at++] ?? 0;
          head |= (byte & 0x7f) << shift;
        }
        head >>>= 0;
        if (id + (head >>> 1) >= end) {
          at = posting;
          break;
        }
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
        const place = id - start;
        const score = scores[place] ?? 0;
        if (score === 0) {
          if (onlyTouched) continue;
          touched[count++] = place;
        }
        const norm = shortest + slope * (lengths[id] ?? 0);
        scores[place] = score + (most * frequency) / (frequency + norm);
        masks[place] = (masks[place] ?? 0) | bit;
      }
      term.at = at;
      term.id = id;
    },
    drain(start, visit) {
      for (let index = 0; index < count; index++) {
        const place = touched[index] ?? 0;
        visit(start + place, scores[place] ?? 0, masks[place] ?? 0);
        scores[place] = 0;
        masks[place] = 0;
      }
      count = 0;
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
