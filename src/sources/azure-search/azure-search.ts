import type {
  AzureSearchQueryType,
  AzureSearchSource,
} from "../../protocol/data-sources/azure-search.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { addressOf } from "../../upstream/address-of.ts";
import type { TtlCache } from "../../util/ttl-cache.ts";
import {
  createDiscoveries,
  defineSource,
  discoveryKey,
  type SourceContext,
  type SourceDriver,
} from "../define-source.ts";
import type { OutsideEmbedding } from "../embed.ts";
import type { ScoreKind, Source, SourceDescription } from "../source.ts";
import { refuseDimensions } from "../source-errors.ts";
import { type FieldPlan, planFields, type VectorField } from "./field-plan.ts";
import { connectIndex, type IndexClient } from "./index-client.ts";
import type { IndexShape } from "./index-shape.ts";
import { toPassages } from "./passages.ts";
import { searchBody } from "./search-body.ts";

/** The service searches at most so many vector fields with one vector. */
const MOST_VECTOR_FIELDS = 10;

/** Indexes of Azure AI Search. A key for queries suffices. */
export function azureSearch(): SourceDriver {
  const shapes = createDiscoveries<IndexShape>();
  return defineSource({
    type: "azure_search",
    capabilities: { filters: true, vectors: true },
    open: (settings, context) => openIndex(settings, { context, shapes }),
  });
}

function openIndex(
  settings: AzureSearchSource,
  { context, shapes }: { context: SourceContext; shapes: TtlCache<IndexShape> },
): Source {
  const { queryType, filter, semanticConfiguration, fieldsMapping: mapping } = settings;
  const index = connectIndex(settings, context);
  const planning = { mapping, semanticConfiguration, place: index.place };
  return {
    type: "azure_search",
    scoreKind: SCORE_KINDS[queryType],
    inspect: {
      addresses: async () => [addressOf(new URL(settings.endpoint))],
      async describe(signal) {
        shapes.forget(keyOf(settings));
        const shape = await discover(index, { settings, shapes, signal });
        if (shape.fields.length === 0) throw noDocuments(index.place);
        return describePlan(planFields(shape, planning), shape, index.place);
      },
    },
    async search({ text, limit, signal }) {
      const shape = await discover(index, { settings, shapes, signal });
      if (shape.fields.length === 0) return [];
      const plan = planFields(shape, planning);
      const vectors = queryType.startsWith("vector")
        ? await embedFor(plan.vectors, { settings, context, place: index.place, text, signal })
        : NO_VECTORS;
      const { vectorFields } = vectors;
      const found = await index.search(
        searchBody({ queryType, text, limit, plan, filter, semanticConfiguration, ...vectors }),
        signal,
      );
      const separator = mapping.contentFieldsSeparator;
      return toPassages(found, { plan, separator, queryType, vectorFields });
    },
  };
}

function describePlan(
  { content, title, url, filepath, vectors }: FieldPlan,
  { isDefinition }: IndexShape,
  place: string,
): SourceDescription {
  return {
    place,
    content,
    title,
    url,
    filepath,
    vectors: vectors.map(({ name, shape }) => ({ name, dimensions: shape?.dimensions ?? null })),
    notes: isDefinition
      ? []
      : [
          "The definition of the index may not be read with these credentials, so the fields are those of some documents.",
        ],
  };
}

function noDocuments(place: string): GroundwireError {
  return new GroundwireError(
    "data_source_invalid",
    `The definition of ${place} may not be read with these credentials, and there are no documents to tell the fields from.`,
    { advice: "Put documents into the index.", aspect: "fields" },
  );
}

/** Of `@search.score`; the semantic ranker's is another. */
const SCORE_KINDS: Record<AzureSearchQueryType, ScoreKind> = {
  simple: "lexical",
  semantic: "lexical",
  vector: "cosine",
  vector_simple_hybrid: "rank",
  vector_semantic_hybrid: "rank",
};

interface QuestionVectors {
  /** Null: the index embeds the question itself, or no vectors are searched. */
  vector: Float32Array | null;
  vectorFields: readonly VectorField[];
}
const NO_VECTORS: QuestionVectors = { vector: null, vectorFields: [] };

async function discover(
  index: IndexClient,
  {
    settings,
    shapes,
    signal,
  }: { settings: AzureSearchSource; shapes: TtlCache<IndexShape>; signal: AbortSignal },
): Promise<IndexShape> {
  const key = keyOf(settings);
  const shape = await shapes.get(key, { signal, load: (loading) => index.discover(loading) });
  // Nothing can be told of an index without documents; it may be filled any moment.
  if (shape.fields.length === 0) shapes.forget(key);
  return shape;
}

function keyOf({ endpoint, indexName, authentication, apiVersion }: AzureSearchSource): string {
  return discoveryKey(endpoint, indexName, authentication, apiVersion);
}

interface Embedding {
  settings: AzureSearchSource;
  context: SourceContext;
  place: string;
  text: string;
  signal: AbortSignal;
}

async function embedFor(
  fields: readonly VectorField[],
  { settings, context, place, text, signal }: Embedding,
): Promise<QuestionVectors> {
  if (fields.length === 0) {
    throw new GroundwireError(
      "data_source_invalid",
      `No vector field was found in ${place}, which 'query_type' ${settings.queryType} needs.`,
      {
        advice: "Name one in 'fields_mapping.vector_fields', or use 'simple' or 'semantic'.",
        aspect: "fields",
      },
    );
  }
  const { embedding } = settings;
  if (embedding === null || embedding.type === "model_id") throw noEmbedding(settings.queryType);
  if (embedding.type === "integrated") {
    refuseWithoutVectorizer(fields, place);
    return { vector: null, vectorFields: fields.slice(0, MOST_VECTOR_FIELDS) };
  }
  return embedOutside(embedding, { fields, settings, context, place, text, signal });
}

async function embedOutside(
  dependency: OutsideEmbedding,
  {
    fields,
    settings,
    context,
    place,
    text,
    signal,
  }: Embedding & { fields: readonly VectorField[] },
): Promise<QuestionVectors> {
  const embedded = await context.embed(dependency, [text], signal);
  const fits = ({ shape }: VectorField): boolean =>
    shape === null || shape.dimensions === embedded.dimensions;
  // Fields the caller named must all fit; of those that were found, the others belong to another model.
  const isNamed = settings.fieldsMapping.vectorFields.length > 0;
  const wrong = isNamed || !fields.some(fits) ? fields.find((field) => !fits(field)) : undefined;
  if (wrong?.shape) {
    refuseDimensions(embedded, {
      expected: wrong.shape.dimensions,
      subject: "azure_search",
      place: `field '${wrong.name}' of ${place}`,
    });
  }
  return {
    vector: embedded.vectors[0] ?? null,
    vectorFields: fields.filter(fits).slice(0, MOST_VECTOR_FIELDS),
  };
}

function refuseWithoutVectorizer(fields: readonly VectorField[], place: string): void {
  const wrong = fields.find(({ shape }) => shape?.hasVectorizer === false);
  if (wrong === undefined) return;
  throw new GroundwireError(
    "data_source_invalid",
    `Field '${wrong.name}' of ${place} has no vectorizer, so an 'embedding_dependency' of type 'integrated' cannot work.`,
    {
      advice:
        "Give the index one, or name the embedding model with 'deployment_name' or 'endpoint'.",
      aspect: "embedding",
    },
  );
}

function noEmbedding(queryType: string): GroundwireError {
  return new GroundwireError(
    "data_source_invalid",
    `'embedding_dependency' must be 'deployment_name', 'endpoint' or 'integrated' for 'query_type' ${queryType} of azure_search.`,
    { aspect: "embedding" },
  );
}
