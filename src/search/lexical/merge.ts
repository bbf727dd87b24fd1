import type { SegmentData, SegmentMeta } from "../block-store.ts";
import { readBlock, type TermEntry, writeBlocks } from "./block.ts";
import { encodePostings, readPostings, sum } from "./segment.ts";

/** A segment read whole. */
export interface SegmentSource {
  meta: SegmentMeta;
  /** All blocks in order of their first terms. */
  blocks: Iterable<Uint8Array>;
  lengths: Uint16Array;
  /** Ranges of dead passage ids within it. */
  dead: { base: number; span: number }[];
  /** Blocks of what the dead passages take off the document frequencies. */
  deadBlocks: Iterable<Uint8Array>[];
}

/** At most this many segments of about the same size stay beside each other. */
const FAN_OUT = 8;
/** A segment with more dead passages than this share is rewritten. */
const MOST_DEAD = 0.1;
/** Or with more than this many deleted files: each is looked at in every search. */
const MOST_GRAVES = 32;
/** Sizes are alike within this factor. */
const TIER = 8;

/**
 * Which neighbouring segments to merge next, or null: the last `FAN_OUT` of a tier, or one that is mostly dead.
 * Each passage is rewritten a logarithmic number of times.
 */
export function nextMerge(segments: SegmentMeta[]): SegmentMeta[] | null {
  const live = segments
    .filter((segment) => segment.deadIn === null)
    .toSorted((left, right) => left.base - right.base);
  const gravesOf = Map.groupBy(segments, ({ deadIn }) => deadIn);
  const wasteful = live.find(({ id, count }) => {
    const graves = gravesOf.get(id) ?? [];
    const dead = graves.reduce((sum, grave) => sum - grave.count, 0);
    return graves.length > MOST_GRAVES || dead > count * MOST_DEAD;
  });
  if (wasteful) return [wasteful];
  for (let start = 0; start + FAN_OUT <= live.length; start++) {
    const run = live.slice(start, start + FAN_OUT);
    const sizes = run.map((segment) => segment.count);
    if (Math.max(...sizes) <= TIER * Math.max(1, Math.min(...sizes))) return run;
  }
  return live.length > 2 * FAN_OUT ? live.slice(-FAN_OUT) : null;
}

/** One segment with the living passages of several neighbours. */
export function mergeSegments(sources: SegmentSource[]): SegmentData & { base: number } {
  const base = sources[0]?.meta.base ?? 0;
  const last = sources.at(-1)?.meta;
  const lengths = new Uint16Array(last ? last.base + last.span - base : 0);
  let count = 0;
  for (const source of sources) {
    lengths.set(source.lengths, source.meta.base - base);
    count += source.meta.count;
    for (const dead of source.dead) {
      lengths.fill(0, dead.base - base, dead.base - base + dead.span);
      count -= dead.span;
    }
  }
  return {
    base,
    blocks: writeBlocks(mergedEntries(sources, base)),
    lengths,
    count,
    totalLength: sum(lengths),
  };
}

interface Cursor {
  /** What to add to the ids of its postings. */
  offset: number;
  /** 1 for each dead passage of the segment. */
  dead: Uint8Array;
  entries: Iterator<TermEntry>;
  entry: TermEntry | undefined;
}

function* mergedEntries(sources: SegmentSource[], base: number): Generator<TermEntry> {
  const cursors = sources.map(({ meta, blocks, dead }): Cursor => {
    const entries = allEntries(blocks);
    return {
      offset: meta.base - base,
      dead: marksOf(dead, meta),
      entries,
      entry: entries.next().value,
    };
  });
  const taken = takenBack(sources);
  for (;;) {
    const term = cursors.reduce<string | undefined>(
      (least, { entry }) =>
        entry && (least === undefined || entry.term < least) ? entry.term : least,
      undefined,
    );
    if (term === undefined) return;
    const merged = mergeEntry(
      term,
      cursors.filter(({ entry }) => entry?.term === term),
    );
    const count = merged.count - (taken.get(term) ?? 0);
    if (count > 0) yield { ...merged, count };
  }
}

function marksOf(ranges: SegmentSource["dead"], { base, span }: SegmentMeta): Uint8Array {
  const marks = new Uint8Array(span);
  for (const range of ranges) marks.fill(1, range.base - base, range.base - base + range.span);
  return marks;
}

/** How many dead passages held each term. */
function takenBack(sources: SegmentSource[]): Map<string, number> {
  const taken = new Map<string, number>();
  for (const blocks of sources.flatMap(({ deadBlocks }) => deadBlocks))
    for (const { term, count } of allEntries(blocks))
      taken.set(term, (taken.get(term) ?? 0) + count);
  return taken;
}

function* allEntries(blocks: Iterable<Uint8Array>): Generator<TermEntry, undefined> {
  for (const block of blocks) yield* readBlock(block);
  return undefined;
}

/** Postings of one term side by side, without the dead; a bigram has a count only. Moves the cursors on. */
function mergeEntry(term: string, cursors: Cursor[]): TermEntry {
  const ids: number[] = [];
  const frequencies: number[] = [];
  let count = 0;
  for (const cursor of cursors) {
    const { entry, offset, dead } = cursor;
    cursor.entry = cursor.entries.next().value;
    if (!entry) continue;
    count += entry.count;
    readPostings(entry.postings, (id, frequency) => {
      if (dead[id] === 1) return;
      ids.push(id + offset);
      frequencies.push(frequency);
    });
  }
  return { term, count, postings: encodePostings({ ids, frequencies }) };
}
