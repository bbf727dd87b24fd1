import { z } from "zod";

import type { AzureSearchQueryType } from "../protocol/data-sources/azure-search.ts";
import { readParameters } from "../protocol/data-sources/parse.ts";
import {
  canonicalProject,
  type MlIndexDefinition,
} from "../protocol/data-sources/resolve-ml-index.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { name, secret, section } from "./section.ts";

const text = z.string().min(1);
/** Values out of YAML that look like numbers. */
const version = z.union([text, z.number()]).transform(String);
const connection = z.looseObject({ id: text }).nullish();

/** What is read of an `MLIndex` document, as Azure Machine Learning wrote it; there is much more in one. */
const mlIndexSchema = z.looseObject({
  embeddings: z
    .looseObject({
      kind: z.string(),
      model: z.string().nullish(),
      deployment: z.string().nullish(),
      api_base: z.string().nullish(),
      dimension: z.number().nullish(),
      connection,
    })
    .nullish(),
  index: z.looseObject({
    kind: z.string(),
    endpoint: z.string().nullish(),
    index: z.string().nullish(),
    connection,
    field_mapping: z
      .looseObject({
        content: z.string().nullish(),
        embedding: z.string().nullish(),
        filename: z.string().nullish(),
        title: z.string().nullish(),
        url: z.string().nullish(),
      })
      .nullish(),
    semantic_configuration_name: z.string().nullish(),
  }),
});
type MlIndex = z.output<typeof mlIndexSchema>;

const entry = section({
  project_resource_id: text,
  name: text,
  version,
  tenants: z.array(name).min(1).optional(),
  /** The document itself. */
  mlindex: mlIndexSchema,
  /** Keys of the connections it names, by their ids or by the last parts of these. */
  connections: z.record(text, section({ type: z.literal("api_key"), key: secret })).default({}),
  /** A deployment of this server that embeds questions; by default the endpoint the document names. */
  embedding_deployment: text.optional(),
  query_type: text.optional(),
  /** Holds the documents of an index whose own files are not read here. */
  vector_store_id: text.optional(),
});
type Entry = z.output<typeof entry>;

/** An index of Azure Machine Learning as a source of ours. */
export const mlIndex = entry.transform((given, context): MlIndexDefinition => {
  try {
    const { source, takesCredentials } = toSource(given);
    return {
      projectResourceId: canonicalProject(given.project_resource_id),
      name: given.name,
      version: given.version,
      tenants: given.tenants ?? null,
      source,
      takesCredentials,
    };
  } catch (error) {
    if (!(error instanceof GroundwireError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
    return z.NEVER;
  }
});

function toSource(given: Entry): Pick<MlIndexDefinition, "source" | "takesCredentials"> {
  const { kind } = given.mlindex.index;
  const isSearch = kind === "acs" || kind === "azure_search";
  if (!isSearch && given.vector_store_id === undefined) {
    throw refusal(
      `an index of kind '${kind}' lies in files that only Python reads, and running what a file says is no way to read it. Ingest its documents into a vector store and name that as 'vector_store_id'`,
    );
  }
  const [type, parameters] =
    given.vector_store_id === undefined
      ? (["azure_search", searchParameters(given)] as const)
      : (["file_search", { vector_store_id: given.vector_store_id }] as const);
  const { source } = readParameters(type, parameters, ["mlindex"]);
  // The two types there can be, of which one was read.
  const read = source as MlIndexDefinition["source"];
  return { source: read, takesCredentials: isSearch && keyOf(given, given.mlindex.index) === null };
}

/** The parameters of `azure_search` that say the same. */
function searchParameters(given: Entry): Record<string, unknown> {
  const { index } = given.mlindex;
  const mapping = index.field_mapping;
  const key = keyOf(given, index);
  const embedding = embeddingOf(given);
  return withoutMissing({
    endpoint: index.endpoint,
    index_name: index.index,
    // Stands for the request's own, which every request has.
    authentication:
      key === null ? { type: "system_assigned_managed_identity" } : { type: "api_key", key },
    fields_mapping: withoutMissing({
      content_fields: mapping?.content && [mapping.content],
      vector_fields: mapping?.embedding && [mapping.embedding],
      title_field: mapping?.title,
      url_field: mapping?.url,
      filepath_field: mapping?.filename,
    }),
    semantic_configuration: index.semantic_configuration_name,
    query_type: given.query_type ?? queryTypeOf(given, embedding !== null),
    embedding_dependency: embedding,
  });
}

/** The best there is for what the index has. */
function queryTypeOf({ mlindex }: Entry, hasEmbedding: boolean): AzureSearchQueryType {
  const isSemantic = Boolean(mlindex.index.semantic_configuration_name);
  if (!hasEmbedding) return isSemantic ? "semantic" : "simple";
  return isSemantic ? "vector_semantic_hybrid" : "vector_simple_hybrid";
}

function embeddingOf(given: Entry): Record<string, unknown> | null {
  const { embeddings } = given.mlindex;
  if (given.embedding_deployment !== undefined) {
    return { type: "deployment_name", deployment_name: given.embedding_deployment };
  }
  const isWanted = given.query_type === undefined || given.query_type.startsWith("vector");
  if (!embeddings || embeddings.kind === "none" || !isWanted) return null;
  const key = keyOf(given, embeddings);
  const { api_base: base, deployment } = embeddings;
  if (base && deployment && key !== null) {
    const path = `/openai/deployments/${encodeURIComponent(deployment)}/embeddings`;
    return {
      type: "endpoint",
      endpoint: base.replace(/\/+$/u, "") + path,
      authentication: { type: "api_key", key },
    };
  }
  throw refusal(
    `its texts were embedded by '${embeddings.model ?? embeddings.kind}': name a deployment of this server with that model as 'embedding_deployment', give the key of its connection under 'connections', or say 'query_type: simple'`,
  );
}

/** By the whole id or by its last part, which is the connection's name. */
function keyOf(
  { connections }: Entry,
  part: MlIndex["index"] | NonNullable<MlIndex["embeddings"]>,
): string | null {
  const id = part.connection?.id;
  if (id === undefined) return null;
  const found = connections[id] ?? connections[id.slice(id.lastIndexOf("/") + 1)];
  return found?.key ?? null;
}

function withoutMissing(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Boolean(value)));
}

function refusal(message: string): GroundwireError {
  return new GroundwireError("data_source_invalid", message);
}
