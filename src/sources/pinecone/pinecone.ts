import type { PineconeSource } from "../../protocol/data-sources/other-indexes.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { addressOf } from "../../upstream/address-of.ts";
import {
  createDiscoveries,
  defineSource,
  discoveryKey,
  type SourceContext,
  type SourceDriver,
} from "../define-source.ts";
import type { SourceDescription, SourcePassage, SourceQuery } from "../source.ts";
import { refuseDimensions } from "../source-errors.ts";
import { lengthOf, vectorRelevance } from "../vector-relevance.ts";
import { type Description, describeIndex } from "./describe-index.ts";
import { type Engine, openEngine } from "./engine.ts";
import { toPassages } from "./passages.ts";
import { readEmbedding, readMatches, readNamespaces, type SparseVector } from "./replies.ts";

/** Where vectors without a namespace are. */
const DEFAULT_NAMESPACE = "__default__";
/** Most matches one query may ask for. */
const MOST_MATCHES = 10_000;
const MOST_NAMED = 20;

/** Pinecone over plain HTTP and JSON: dense vectors, with sparse ones beside them, and indexes that embed by themselves. */
export function pinecone(): SourceDriver {
  const discoveries = createDiscoveries<Description>();
  return defineSource({
    type: "pinecone",
    capabilities: { filters: false, vectors: true },
    open(settings, context) {
      const { environment, indexName, authentication, sparseModel } = settings;
      const engine = openEngine(settings, context);
      const key = discoveryKey(authentication, environment, indexName);
      const describing = (signal: AbortSignal): Promise<Description> =>
        discoveries.get(key, { signal, load: (loading) => describeIndex(engine, loading) });
      return {
        type: "pinecone",
        inspect: {
          addresses: async () => [addressOf(engine.firstUrl)],
          async describe(signal) {
            discoveries.forget(key);
            return describeFields(await describing(signal), { engine, settings });
          },
        },
        // Scores of words and of meaning are added up to one that has no scale.
        scoreKind: sparseModel === null ? "cosine" : "rank",
        async search(query) {
          const description = await describing(query.signal);
          return searchIndex({ engine, settings, context, description, query });
        },
      };
    },
  });
}

/** Fields are those of each record; only the mapped ones are known beforehand. */
function describeFields(
  { vectorType, dimensions, embeds }: Description,
  { engine, settings: { fieldsMapping } }: Pick<Search, "engine" | "settings">,
): SourceDescription {
  return {
    place: engine.place,
    content: fieldsMapping.contentFields,
    title: fieldsMapping.titleField,
    url: fieldsMapping.urlField,
    filepath: fieldsMapping.filepathField,
    vectors: [{ name: vectorType, dimensions: embeds ? null : dimensions }],
    notes: embeds ? ["It embeds by a model of its own."] : [],
  };
}

interface Search {
  engine: Engine;
  settings: PineconeSource;
  context: SourceContext;
  description: Description;
  query: SourceQuery;
}

async function searchIndex(search: Search): Promise<SourcePassage[]> {
  const { engine, settings, description, query } = search;
  const namespace = settings.namespace ?? DEFAULT_NAMESPACE;
  const topK = Math.min(query.limit, MOST_MATCHES);
  const asked = description.embeds
    ? await askInWords(search, { namespace, topK })
    : await askByVectors(search, { namespace, topK });
  const matches = readMatches(asked.body);
  if (matches === null) {
    throw engine.invalid("answered a query in a way that is not Pinecone's.", {
      advice: "Check 'environment'.",
    });
  }
  if (matches.length === 0) await refuseEmptyNamespace(search, namespace);
  const { contentFields } = settings.fieldsMapping;
  const passages = toPassages(matches, {
    mapping: settings.fieldsMapping,
    relevanceOf: (score) => asked.relevanceOf(score),
  });
  if (matches.length > 0 && passages.length === 0) {
    const keys = [...new Set(matches.flatMap(({ fields }) => Object.keys(fields)))];
    throw engine.invalid(
      `has no text in ${quoted(contentFields)} ('content_fields') in any record found in ${engine.place}. ${keys.length === 0 ? "They have no metadata" : `Their metadata has ${quoted(keys)}`}.`,
      { aspect: "fields" },
    );
  }
  return passages;
}

interface Asked {
  body: unknown;
  relevanceOf(score: number): number | null;
}

interface Scope {
  namespace: string;
  topK: number;
}

/** An index that knows its model embeds the question, whatever else may: other vectors could not be compared with its own. */
async function askInWords(
  { engine, description, query }: Search,
  { namespace, topK }: Scope,
): Promise<Asked> {
  const body = await engine.askIndex(description.url, {
    path: `records/namespaces/${encodeURIComponent(namespace)}/search`,
    body: { query: { top_k: topK, inputs: { text: query.text } } },
    signal: query.signal,
  });
  const { metric, vectorType } = description;
  return {
    body,
    relevanceOf: (score) =>
      metric === null || vectorType === "sparse" ? null : vectorRelevance(score, metric, null),
  };
}

async function askByVectors(search: Search, { namespace, topK }: Scope): Promise<Asked> {
  const { engine, description, query } = search;
  const [dense, sparse] = await Promise.all([embedDense(search), embedSparse(search)]);
  const body = await engine.askIndex(description.url, {
    path: "query",
    body: {
      namespace,
      topK,
      includeMetadata: true,
      includeValues: false,
      ...(dense === null ? {} : { vector: [...dense] }),
      ...(sparse === null ? {} : { sparseVector: sparse }),
    },
    signal: query.signal,
  });
  const { metric } = description;
  return {
    body,
    relevanceOf: (score) =>
      metric === null || dense === null || sparse !== null
        ? null
        : vectorRelevance(score, metric, lengthOf(dense)),
  };
}

/** Null for an index of sparse vectors only. */
async function embedDense({
  engine,
  settings,
  context,
  description,
  query,
}: Search): Promise<Float32Array | null> {
  if (description.vectorType === "sparse") return null;
  const { embedding } = settings;
  if (embedding.type === "integrated") {
    throw engine.invalid(`has no model of its own for ${engine.place}.`, {
      advice: "Give an 'embedding_dependency' of type 'deployment_name' or 'endpoint'.",
      aspect: "embedding",
    });
  }
  const embedded = await context.embed(embedding, [query.text], query.signal);
  const { dimensions: expected } = description;
  if (expected !== null) {
    refuseDimensions(embedded, { expected, subject: "pinecone", place: engine.place });
  }
  return embedded.vectors[0] ?? null;
}

async function embedSparse({
  engine,
  settings,
  description,
  query,
}: Search): Promise<SparseVector | null> {
  const { sparseModel } = settings;
  const { vectorType, metric } = description;
  if (sparseModel === null) {
    if (vectorType !== "sparse") return null;
    throw engine.invalid(`holds only sparse vectors in ${engine.place}.`, {
      advice: "Name in 'sparse_model' the one of Pinecone's models that made them.",
      aspect: "embedding",
    });
  }
  if (vectorType !== "sparse" && metric !== null && metric !== "dot_product") {
    throw engine.invalid(
      `cannot search ${engine.place} by sparse vectors: that takes the metric dotproduct.`,
      { advice: "Leave 'sparse_model' out.", aspect: "embedding" },
    );
  }
  const body = await engine.askControl({
    path: "embed",
    body: {
      model: sparseModel,
      parameters: { input_type: "query", truncate: "END" },
      inputs: [{ text: query.text }],
    },
    signal: query.signal,
  });
  const sparse = readEmbedding(body);
  if (sparse !== null) return sparse;
  throw engine.invalid(`has no sparse vectors by the model '${sparseModel}'.`, {
    advice: "Name another in 'sparse_model'.",
    aspect: "embedding",
  });
}

/** A namespace there is not is no error to Pinecone, and finds nothing. */
async function refuseEmptyNamespace(
  { engine, description, query }: Search,
  namespace: string,
): Promise<void> {
  const { signal } = query;
  const body = await engine
    .askIndex(description.url, { path: "describe_index_stats", body: {}, signal })
    .catch((error: unknown) => {
      // Finding nothing is an answer; that the key may not ask for more is none.
      if (error instanceof GroundwireError && error.code === "data_source_invalid") return null;
      throw error;
    });
  const counts = readNamespaces(body);
  const filled = [...counts]
    .filter(([, count]) => count > 0)
    .map(([name]) => name || DEFAULT_NAMESPACE);
  if (filled.length === 0 || filled.includes(namespace)) return;
  throw engine.invalid(`has nothing in the namespace '${namespace}' of ${engine.place}.`, {
    advice: `Name another in 'namespace': ${quoted(filled)}.`,
    aspect: "index",
  });
}

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `'${name.slice(0, 100)}'`);
  return `${shown.join(", ")}${names.length > MOST_NAMED ? ", …" : ""}`;
}
