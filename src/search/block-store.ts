/**
 * Where a lexical index keeps its bytes. A driver stores and fetches; it never ranks, so rankings are the same on every
 * database. Everything is immutable once committed and may be cached by id.
 */
export interface BlockStore {
  segments(): Promise<SegmentMeta[]>;
  /**
   * For each term the block of the segment that would hold it: the one with the greatest `firstTerm` not above the term
   * (in order of UTF-16 code units), or null.
   */
  blocks(segmentId: number, terms: string[]): Promise<(Uint8Array | null)[]>;
  /** Length in terms of each passage of the segment, from `base` on. */
  lengths(segmentId: number): Promise<Uint16Array>;
  /** Term hashes of these passages in reading order (`termHash`), in the order asked. */
  termHashes(passageIds: number[]): Promise<Uint32Array[]>;
  /** These passages, in the order asked. */
  passages(passageIds: number[]): Promise<IndexedPassage[]>;
}

export interface IndexedPassage {
  /** What was analyzed of it (`indexedText`). */
  text: string;
  /** Ids of the first and the last passage of its document. */
  first: number;
  last: number;
}

/** One commit (or merge) of consecutive passages. */
export interface SegmentMeta {
  id: number;
  /** Id of the first passage it speaks of. */
  base: number;
  /** Passage ids run from `base` to `base + span - 1`. */
  span: number;
  /** Passages that count: negative when it takes passages back. */
  count: number;
  /** Sum of their lengths, with the same sign. */
  totalLength: number;
  /**
   * Null for passages. Else the segment whose passages `base…base + span - 1` are dead: this one holds what to take off
   * the document frequencies until a merge drops both.
   */
  deadIn: number | null;
}

export interface SegmentData {
  blocks: { firstTerm: string; bytes: Uint8Array }[];
  lengths: Uint16Array;
  count: number;
  totalLength: number;
}
