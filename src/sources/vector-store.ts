import type { EmbeddingModel } from "../models/model.ts";
import type { FileSearchSource } from "../protocol/data-sources/file-search.ts";
import type { PassageHit, PassageIndex, PassageQuery } from "../storage/storage.ts";
import { defineSource, type SourceDriver } from "./define-source.ts";
import type { Source, SourcePassage, SourceQuery } from "./source.ts";

/** A matched passage is widened by its neighbours for reading; no text is given twice. */
const READING: NonNullable<PassageQuery["reading"]> = { neighbours: 2, length: 1_600 };

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
          reading: READING,
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
      const hits = await searchStores({ ...query, limit });
      return hits.slice(0, limit).map(toSourcePassage);
    },
  };
}

interface StoreHit extends PassageHit {
  storeId: string;
}

function toSourcePassage(hit: StoreHit): SourcePassage {
  const { passage, fileId, filename, title } = hit;
  const page = passage.page === null ? "" : `#page=${passage.page}`;
  return {
    id: `${hit.storeId}/${fileId}/${passage.ordinal}`,
    content: hit.window
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
    fileId,
  };
}
