import type { SegmentData } from "../block-store.ts";
import { ByteReader, ByteWriter } from "./codec.ts";

/** A term with its document frequency and its postings (none for bigrams and for what dead passages take back). */
export interface TermEntry {
  term: string;
  count: number;
  postings: Uint8Array;
}

/** A block is closed when it has reached this size. */
const BLOCK_BYTES = 8_192;
/** Longest shared prefix that is looked for. */
const LONGEST_PREFIX = 255;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Entries in ascending order as blocks: shared prefix length (in UTF-16 code units), rest of the term in UTF-8, document
 * frequency, length of the postings, postings. The first term of a block is written in full.
 */
export function writeBlocks(entries: Iterable<TermEntry>): SegmentData["blocks"] {
  const blocks: SegmentData["blocks"] = [];
  const writer = new ByteWriter();
  let firstTerm = "";
  let previous = "";
  const close = (): void => {
    if (writer.length > 0) blocks.push({ firstTerm, bytes: writer.finish() });
    writer.clear();
  };
  for (const { term, count, postings } of entries) {
    if (writer.length >= BLOCK_BYTES) close();
    if (writer.length === 0) {
      firstTerm = term;
      previous = "";
    }
    const shared = sharedPrefix(previous, term);
    const rest = encoder.encode(term.slice(shared));
    writer.number(shared);
    writer.number(rest.length);
    writer.bytes(rest);
    writer.number(count);
    writer.number(postings.length);
    writer.bytes(postings);
    previous = term;
  }
  close();
  return blocks;
}

function sharedPrefix(left: string, right: string): number {
  const most = Math.min(left.length, right.length, LONGEST_PREFIX);
  let shared = 0;
  while (shared < most && left.charCodeAt(shared) === right.charCodeAt(shared)) shared++;
  // Never inside a surrogate pair: the rest is written as UTF-8.
  return /[\uD800-\uDBFF]/u.test(left.charAt(shared - 1)) ? shared - 1 : shared;
}

export function* readBlock(block: Uint8Array): Generator<TermEntry> {
  const reader = new ByteReader(block);
  let term = "";
  while (!reader.done) {
    const shared = reader.number();
    term = term.slice(0, shared) + decoder.decode(reader.bytes(reader.number()));
    const count = reader.number();
    yield { term, count, postings: reader.bytes(reader.number()) };
  }
}

export function findTerm(block: Uint8Array, term: string): TermEntry | null {
  for (const entry of readBlock(block)) {
    if (entry.term === term) return entry;
    if (entry.term > term) return null;
  }
  return null;
}
