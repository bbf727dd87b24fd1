import type { SegmentData } from "../block-store.ts";
import { bigramHash, bigramTerm, termHash } from "./bigram.ts";
import { type TermEntry, writeBlocks } from "./block.ts";
import { ByteReader, ByteWriter } from "./codec.ts";

/** Lengths are stored in 16 bits. */
export const LONGEST_PASSAGE = 0xffff;

/** Terms of the passages of one commit, in the order of their ids. */
export function buildSegment(passages: string[][]): SegmentData {
  const lengths = Uint16Array.from(passages, (terms) => Math.min(terms.length, LONGEST_PASSAGE));
  return {
    blocks: writeBlocks(entriesOf(passages, encodePostings)),
    lengths,
    count: passages.length,
    totalLength: sum(lengths),
  };
}

/** What these passages add to the document frequencies, without saying where: takes them back when they die. */
export function buildDeadSegment(passages: string[][]): SegmentData {
  const totalLength = passages.reduce(
    (total, terms) => total + Math.min(terms.length, LONGEST_PASSAGE),
    0,
  );
  return {
    blocks: writeBlocks(entriesOf(passages, () => NO_POSTINGS)),
    lengths: new Uint16Array(),
    count: -passages.length,
    totalLength: -totalLength,
  };
}

const NO_POSTINGS = new Uint8Array();

interface PostingList {
  ids: number[];
  frequencies: number[];
}

/** Words with their postings and bigrams with their counts, in dictionary order. */
function entriesOf(passages: string[][], encode: (list: PostingList) => Uint8Array): TermEntry[] {
  const words = new Map<string, PostingList>();
  const bigrams = new Map<number, number>();
  passages.forEach((terms, id) => {
    for (const [term, frequency] of frequenciesOf(terms)) {
      const list = words.get(term) ?? { ids: [], frequencies: [] };
      list.ids.push(id);
      list.frequencies.push(frequency);
      words.set(term, list);
    }
    for (const bigram of bigramsOf(terms)) bigrams.set(bigram, (bigrams.get(bigram) ?? 0) + 1);
  });
  return [
    ...Array.from(bigrams, ([hash, count]) => ({
      term: bigramTerm(hash),
      count,
      postings: NO_POSTINGS,
    })),
    ...Array.from(words, ([term, list]) => ({
      term,
      count: list.ids.length,
      postings: encode(list),
    })),
  ].toSorted((left, right) => (left.term < right.term ? -1 : 1));
}

export function sum(lengths: Uint16Array): number {
  return lengths.reduce((total, length) => total + length, 0);
}

function frequenciesOf(terms: string[]): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const term of terms) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  return frequencies;
}

function bigramsOf(terms: string[]): Set<number> {
  const bigrams = new Set<number>();
  let previous: number | undefined;
  for (const term of terms) {
    const hash = termHash(term);
    if (previous !== undefined) bigrams.add(bigramHash(previous, hash));
    previous = hash;
  }
  return bigrams;
}

/** A posting is the distance to the one before, doubled, plus one when the frequency is 1; else the frequency follows. */
export function encodePostings({ ids, frequencies }: PostingList): Uint8Array {
  const writer = new ByteWriter();
  let previous = 0;
  ids.forEach((id, index) => {
    const frequency = frequencies[index] ?? 1;
    writer.number((id - previous) * 2 + (frequency === 1 ? 1 : 0));
    if (frequency !== 1) writer.number(frequency);
    previous = id;
  });
  return writer.finish();
}

/** Calls `visit` for each posting, ids ascending, relative to the segment's base. */
export function readPostings(
  postings: Uint8Array,
  visit: (id: number, frequency: number) => void,
): void {
  const reader = new ByteReader(postings);
  let id = 0;
  while (!reader.done) {
    const head = reader.number();
    id += head >>> 1;
    visit(id, (head & 1) === 1 ? 1 : reader.number());
  }
}
