import type { FastifyInstance } from "fastify";
import { allOf, type Filter } from "../../protocol/filters.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { searchVectorStoreSchema } from "../../protocol/vector-stores.ts";
import type { PassageHit } from "../../storage/storage.ts";
import { callerFilter, findVectorStore, refuseExpired } from "../lookup.ts";
import { operation } from "../operation.ts";
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
    app.post<{ Params: { id: string } }>(
      "/vector_stores/:id/search",
      operation("Search a vector store", { body: searchVectorStoreSchema }),
      async (request) => {
        const body = parseRequest(searchVectorStoreSchema, request.body);
        const access = callerFilter(services, request);
        const store = await findVectorStore(services, request, request.params.id);
        refuseExpired(store, now());
        const { signal } = request.context;
        await ingest.waitForPending([store.id], signal);
        await storage.vectorStores.touch(store.id, now());

        const queries = typeof body.query === "string" ? [body.query] : body.query;
        const limit = body.max_num_results * PASSAGES_PER_CHUNK;
        const filter = allOf<Filter>([access, body.filters ?? null, body.filter ?? null]);
        const hits = await Promise.all(
          queries.map((text) =>
            searchOne(store.id, text, { limit, signal, ...(filter ? { filter } : {}) }),
          ),
        );
        const threshold = body.ranking_options?.score_threshold ?? 0;
        const best = withoutOverlap(hits.flat())
          .filter(({ hit }) => reportedScore(hit) >= threshold)
          .slice(0, body.max_num_results);
        const data = await Promise.all(
          best.map(async (result) => toResult(result.hit, await readText(store.id, result))),
        );
        return {
          object: "vector_store.search_results.page",
          search_query: queries,
          data,
          has_more: false,
          next_page: null,
        };
      },
    );
  };

  async function readText(storeId: string, { hit, first, last }: Result): Promise<string> {
    const passages = await storage.passages.range(storeId, hit.fileId, first, last);
    return passages
      .map((passage, index) => (index === 0 ? "" : passage.joiner) + passage.text)
      .join("");
  }
}

interface SearchOptions {
  text: string;
  limit: number;
  signal: AbortSignal;
  filter?: Filter;
}

/** A chunk as it is shown: the passages of it that no better result shows already. */
interface Result {
  hit: PassageHit;
  first: number;
  last: number;
}

/** Best first. Chunks overlap; each passage is shown by the best result that reaches it. */
function withoutOverlap(hits: PassageHit[]): Result[] {
  const shown = new Set<string>();
  const results: Result[] = [];
  for (const hit of hits.toSorted((left, right) => right.score - left.score)) {
    const { fileId, chunk, passage } = hit;
    const isShown = (ordinal: number): boolean => shown.has(`${fileId} ${ordinal}`);
    if (isShown(passage.ordinal)) continue;
    let [first, last] = [passage.ordinal, passage.ordinal];
    while (first > chunk.firstPassage && !isShown(first - 1)) first--;
    while (last < chunk.lastPassage && !isShown(last + 1)) last++;
    for (let ordinal = first; ordinal <= last; ordinal++) shown.add(`${fileId} ${ordinal}`);
    results.push({ hit, first, last });
  }
  return results;
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
