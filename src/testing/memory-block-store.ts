import type {
  BlockStore,
  IndexedPassage,
  SegmentData,
  SegmentMeta,
} from "../search/block-store.ts";
import { termHash } from "../search/lexical/bigram.ts";

/** A block store in memory: for tests, benchmarks and small throw-away indexes. */
export interface MemoryBlockStore extends BlockStore {
  add(
    segment: SegmentData,
    place: { base: number; span: number; deadIn: number | null },
  ): SegmentMeta;
  remove(segmentId: number): void;
  /** All blocks of a segment, in order. */
  allBlocks(segmentId: number): Uint8Array[];
  /** What is known of a passage beside its postings; a document of its own unless said otherwise. */
  setPassage(
    passageId: number,
    passage: { terms: string[]; text: string; document?: { first: number; last: number } },
  ): void;
}

export function createMemoryBlockStore(): MemoryBlockStore {
  const stored = new Map<number, { meta: SegmentMeta; data: SegmentData }>();
  const hashes = new Map<number, Uint32Array>();
  const passages = new Map<number, IndexedPassage>();
  let lastId = 0;
  return {
    add(data, place) {
      const meta = { id: ++lastId, count: data.count, totalLength: data.totalLength, ...place };
      stored.set(meta.id, { meta, data });
      return meta;
    },
    remove: (segmentId) => stored.delete(segmentId),
    allBlocks: (segmentId) => (stored.get(segmentId)?.data.blocks ?? []).map(({ bytes }) => bytes),
    setPassage(passageId, { terms, text, document = { first: passageId, last: passageId } }) {
      hashes.set(passageId, Uint32Array.from(terms, termHash));
      passages.set(passageId, { text, ...document });
    },
    segments: async () => [...stored.values()].map(({ meta }) => meta),
    async blocks(segmentId, terms) {
      const blocks = stored.get(segmentId)?.data.blocks ?? [];
      return terms.map(
        (term) => blocks.findLast(({ firstTerm }) => firstTerm <= term)?.bytes ?? null,
      );
    },
    lengths: async (segmentId) => stored.get(segmentId)?.data.lengths ?? new Uint16Array(),
    termHashes: async (ids) => ids.map((id) => hashes.get(id) ?? new Uint32Array()),
    passages: async (ids) => ids.map((id) => passages.get(id) ?? { text: "", first: id, last: id }),
  };
}
