import type { SegmentData } from "../block-store.ts";
import { ByteReader, ByteWriter } from "./codec.ts";

/** A term with its document frequency and its postings (none for bigrams and for what dead passages take back). */
export interface TermEntry {
  term: string;
  count: number;
  postings: Uint8Array;
}

/** A block is closed when it has reached this size: half of it is read to find a term. */
const BLOCK_BYTES = 2_048;
const NOTHING = new Uint8Array();

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Entries in ascending order as blocks. An entry is: bytes shared with the term before, length of the rest, rest of the
 * term in UTF-8, document frequency, length of the postings, postings. The first term of a block shares nothing.
 */
export function writeBlocks(entries: Iterable<TermEntry>): SegmentData["blocks"] {
  const blocks: SegmentData["blocks"] = [];
  const writer = new ByteWriter();
  let firstTerm = "";
  let previous: Uint8Array = NOTHING;
  const close = (): void => {
    if (writer.length > 0) blocks.push({ firstTerm, bytes: writer.finish() });
    writer.clear();
    previous = NOTHING;
  };
  for (const { term, count, postings } of entries) {
    if (writer.length >= BLOCK_BYTES) close();
    if (writer.length === 0) firstTerm = term;
    const bytes = encoder.encode(term);
    const shared = sharedPrefix(previous, bytes);
    writer.number(shared);
    writer.number(bytes.length - shared);
    writer.bytes(bytes.subarray(shared));
    writer.number(count);
    writer.number(postings.length);
    writer.bytes(postings);
    previous = bytes;
  }
  close();
  return blocks;
}

function sharedPrefix(left: Uint8Array, right: Uint8Array): number {
  const most = Math.min(left.length, right.length);
  let shared = 0;
  while (shared < most && left[shared] === right[shared]) shared++;
  return shared;
}

export function* readBlock(block: Uint8Array): Generator<TermEntry> {
  const reader = new ByteReader(block);
  let term: Uint8Array = NOTHING;
  while (!reader.done) {
    const shared = reader.number();
    const rest = reader.bytes(reader.number());
    const whole = new Uint8Array(shared + rest.length);
    whole.set(term.subarray(0, shared));
    whole.set(rest, shared);
    term = whole;
    const count = reader.number();
    yield { term: decoder.decode(term), count, postings: reader.bytes(reader.number()) };
  }
}

/** Finds one term by its bytes in UTF-8: an entry is only looked at when it shares with its neighbour just what has matched so far. */
export function findTerm(
  block: Uint8Array,
  wanted: Uint8Array,
): Pick<TermEntry, "count" | "postings"> | null {
  const reader = new ByteReader(block);
  let matched = 0;
  while (!reader.done) {
    const shared = reader.number();
    // Terms with the same beginning stand together, and these are over.
    if (shared < matched) return null;
    const length = reader.number();
    const start = reader.skip(length);
    const count = reader.number();
    const postingsLength = reader.number();
    const postings = reader.skip(postingsLength);
    if (shared !== matched) continue;
    let at = 0;
    while (at < length && block[start + at] === wanted[matched + at]) at++;
    if (at === length && matched + at === wanted.length)
      return { count, postings: block.subarray(postings, postings + postingsLength) };
    matched += at;
  }
  return null;
}
