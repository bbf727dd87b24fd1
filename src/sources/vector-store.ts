import type { EmbeddingModel } from "../models/model.ts";
import type { FileSearchSource } from "../protocol/data-sources/file-search.ts";
import type { PassageHit, PassageIndex, StoredPassage } from "../storage/storage.ts";
import { defineSource, type SourceDriver } from "./define-source.ts";
import type { Source, SourcePassage, SourceQuery } from "./source.ts";

/** Length in characters up to which a matched passage is widened by its neighbours for reading. */
const READING_LENGTH = 1_600;
/** Passages asked for per wanted result: neighbours that match become one result. */
const HITS_PER_RESULT = 2;

export interface VectorStoreDependencies {
  passages: PassageIndex;
  /** Null: words only. */
  embeddings: EmbeddingModel | null;
}

/** Vector stores of this server. Whoever opens them has checked that the caller owns them. */
export function fileSearch(dependencies: VectorStoreDependencies): SourceDriver {
  return defineSource({
    type: "file_search",
    capabilities: { filters: true, vectors: dependencies.embeddings !== null },
    open: (settings) => openVectorStores(settings, dependencies),
  });
}

/** One or several stores, searched as one. */
function openVectorStores(
  { vectorStoreIds, filter, maxNumResults }: FileSearchSource,
  { passages, embeddings }: VectorStoreDependencies,
): Source {
  async function searchStores({ text, limit, signal }: SourceQuery): Promise<StoreHit[]> {
    const [vector] = embeddings ? await embeddings.embed([text], { signal }) : [];
    const found = await Promise.all(
      vectorStoreIds.map(async (storeId) => {
        const hits = await passages.search(storeId, {
          text,
          limit,
          signal,
          ...(filter ? { filter } : {}),
          ...(vector ? { vector } : {}),
        });
        return hits.map((hit): StoreHit => ({ ...hit, storeId }));
      }),
    );
    return found.flat().toSorted((left, right) => right.score - left.score);
  }

  return {
    type: "file_search",
    scoreKind: "lexical",
    async search(query) {
      const limit = Math.min(query.limit, maxNumResults ?? query.limit);
      const hits = await searchStores({ ...query, limit: limit * HITS_PER_RESULT });
      const windows = await Promise.all(hits.map((hit) => readWindow(hit, passages)));
      return withoutOverlap(windows).slice(0, limit).map(toSourcePassage);
    },
  };
}

interface StoreHit extends PassageHit {
  storeId: string;
}

interface Window {
  hit: StoreHit;
  /** Neighbours in the same chunk, the matched passage among them. */
  passages: StoredPassage[];
}

async function readWindow(hit: StoreHit, passages: PassageIndex): Promise<Window> {
  const from = Math.max(hit.chunk.firstPassage, hit.passage.ordinal - 2);
  const to = Math.min(hit.chunk.lastPassage, hit.passage.ordinal + 2);
  return { hit, passages: await passages.range(hit.storeId, hit.fileId, from, to) };
}

/** No text is shown twice: a passage belongs to the best result that reaches it. */
function withoutOverlap(windows: Window[]): Window[] {
  const taken = new Set<string>();
  const key = ({ storeId, fileId }: StoreHit, ordinal: number): string =>
    `${storeId} ${fileId} ${ordinal}`;
  const matched = new Set(windows.map(({ hit }) => key(hit, hit.passage.ordinal)));
  const kept: Window[] = [];
  for (const { hit, passages } of windows) {
    if (taken.has(key(hit, hit.passage.ordinal))) continue;
    const isFree = (passage: StoredPassage): boolean => !taken.has(key(hit, passage.ordinal));
    const wanted = widen(passages.filter(isFree), {
      center: hit.passage.ordinal,
      // A neighbour that matched by itself comes first; others only fill the room that is left.
      isMatch: (ordinal) => matched.has(key(hit, ordinal)),
    });
    for (const passage of wanted) taken.add(key(hit, passage.ordinal));
    kept.push({ hit, passages: wanted });
  }
  return kept;
}

/** Grows from the matched passage outwards, without gaps, while the reading length allows. */
function widen(
  passages: StoredPassage[],
  { center, isMatch }: { center: number; isMatch: (ordinal: number) => boolean },
): StoredPassage[] {
  const byOrdinal = new Map(passages.map((passage) => [passage.ordinal, passage]));
  const middle = byOrdinal.get(center);
  if (!middle) return [];
  const window = [middle];
  let length = middle.text.length;
  for (;;) {
    const sides = [
      byOrdinal.get((window.at(-1)?.ordinal ?? center) + 1),
      byOrdinal.get((window[0]?.ordinal ?? center) - 1),
    ];
    const next = sides
      .filter((side) => side !== undefined)
      .toSorted((left, right) => Number(isMatch(right.ordinal)) - Number(isMatch(left.ordinal)))
      .find((side) => length + side.text.length <= READING_LENGTH);
    if (!next) return window;
    if (next.ordinal > center) window.push(next);
    else window.unshift(next);
    length += next.text.length;
  }
}

function toSourcePassage({ hit, passages }: Window): SourcePassage {
  const { passage, fileId, filename, title } = hit;
  const page = passage.page === null ? "" : `#page=${passage.page}`;
  return {
    id: `${hit.storeId}/${fileId}/${passage.ordinal}`,
    content: passages
      .map(({ text, joiner }, index) => (index === 0 ? text : joiner + text))
      .join(""),
    matched: passage.text,
    title: title ?? filename,
    url: `/openai/v1/files/${fileId}/content${page}`,
    filepath: filename,
    chunkId: String(hit.chunk.ordinal),
    score: hit.score,
    relevance: Math.max(hit.relevance, hit.vectorScore ?? 0),
    rerankScore: null,
    page: passage.page,
    headingPath: passage.headingPath,
    anchor: passage.anchor,
  };
}
