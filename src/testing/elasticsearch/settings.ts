import type { ElasticsearchSource } from "../../protocol/data-sources/other-indexes.ts";
import { NO_MAPPING } from "../../protocol/data-sources/parts.ts";
import type { JsonLimits } from "../../upstream/json-client.ts";
import { KIT_DIMENSIONS } from "../source-documents.ts";
import { type ElasticsearchServer, EXACT_VECTORS } from "./calls.ts";

export interface StartedServer extends ElasticsearchServer, AsyncDisposable {}

export interface TestServers {
  /** One for each part of the tests, which makes indexes of its own. */
  start: () => Promise<StartedServer>;
  /** `SHORT_LIMITS` by default. */
  limits?: Partial<JsonLimits>;
}

export const DENSE = {
  type: "dense_vector",
  dims: KIT_DIMENSIONS,
  similarity: "cosine",
  index_options: EXACT_VECTORS,
};

export function elasticsearchSettings(
  more: Partial<ElasticsearchSource> & Pick<ElasticsearchSource, "endpoint" | "authentication">,
): ElasticsearchSource {
  return {
    type: "elasticsearch",
    indexName: "kit",
    fieldsMapping: NO_MAPPING,
    queryType: "simple",
    embedding: wordEmbedding(KIT_DIMENSIONS),
    ...more,
  };
}

export function wordEmbedding(dimensions: number): ElasticsearchSource["embedding"] {
  return { type: "deployment_name", deploymentName: `words-${dimensions}`, dimensions: null };
}
