import type { FastifyInstance } from "fastify";
import { parseRequest } from "../../protocol/validation.ts";
import { searchVectorStoreSchema } from "../../protocol/vector-stores.ts";
import type { PassageHit } from "../../storage/storage.ts";
import { findVectorStore, refuseExpired } from "../lookup.ts";
import type { HttpServices } from "../services-type.ts";

/** Passages asked for per wanted chunk: several passages of one chunk make one result. */
const PASSAGES_PER_CHUNK = 3;
/** The fused score that is reported as 0.5; scores have no upper end, the API's have. */
const HALF_SCORE = 8;

/** `…/vector_stores/{id}/search` */
export function vectorStoreSearchRoutes(services: HttpServices) {
  const { storage, ingest, deployments, now } = services;

  async function searchOne(
    storeId: string,
    text: string,
    search: Omit<SearchOptions, "text">,
  ): Promise<PassageHit[]> {
    const { embeddings } = deployments;
    const [vector] =
      embeddings === null ? [] : await embeddings.embed([text], { signal: search.signal });
    return storage.passages.search(storeId, {
      text,
      ...search,
      ...(vector === undefined ? {} : { vector }),
    });
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.post<{ Params: { id: string } }>("/vector_stores/:id/search", async (request) => {
      const body = parseRequest(searchVectorStoreSchema, request.body);
      const store = await findVectorStore(services, request, request.params.id);
      refuseExpired(store, now());
      const { signal } = request.context;
      await ingest.waitForPending([store.id], signal);
      await storage.vectorStores.touch(store.id, now());

      const queries = typeof body.query === "string" ? [body.query] : body.query;
      const limit = body.max_num_results * PASSAGES_PER_CHUNK;
      const filter = body.filters === undefined ? {} : { filter: body.filters };
      const hits = await Promise.all(
        queries.map((text) => searchOne(store.id, text, { limit, signal, ...filter })),
      );
      const threshold = body.ranking_options?.score_threshold ?? 0;
      const best = bestByChunk(hits.flat())
        .filter((hit) => reportedScore(hit) >= threshold)
        .slice(0, body.max_num_results);
      const data = await Promise.all(
        best.map(async (hit) => toResult(hit, await readChunk(store.id, hit))),
      );
      return {
        object: "vector_store.search_results.page",
        search_query: queries,
        data,
        has_more: false,
        next_page: null,
      };
    });
  };

  async function readChunk(storeId: string, { fileId, chunk }: PassageHit): Promise<string> {
    const passages = await storage.passages.range(
      storeId,
      fileId,
      chunk.firstPassage,
      chunk.lastPassage,
    );
    return passages
      .map((passage, index) => (index === 0 ? "" : passage.joiner) + passage.text)
      .join("");
  }
}

interface SearchOptions {
  text: string;
  limit: number;
  signal: AbortSignal;
  filter?: NonNullable<ReturnType<typeof searchVectorStoreSchema.parse>["filters"]>;
}

/** The best passage of each chunk, best first. */
function bestByChunk(hits: PassageHit[]): PassageHit[] {
  const best = new Map<string, PassageHit>();
  for (const hit of hits.toSorted((left, right) => right.score - left.score)) {
    const key = `${hit.fileId} ${hit.chunk.ordinal}`;
    if (!best.has(key)) best.set(key, hit);
  }
  return [...best.values()];
}

function reportedScore({ score }: PassageHit): number {
  return score <= 0 ? 0 : score / (score + HALF_SCORE);
}

function toResult(hit: PassageHit, text: string) {
  return {
    file_id: hit.fileId,
    filename: hit.filename,
    score: reportedScore(hit),
    attributes: hit.attributes,
    content: [{ type: "text", text }],
  };
}
