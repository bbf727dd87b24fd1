import { z } from "zod";
import { GroundwireError } from "../errors.ts";
import { invalidDataSource, isObject, type Problem, problemsOf } from "../validation.ts";
import { type AzureSearchSource, azureSearchShape, toAzureSearch } from "./azure-search.ts";
import { type CommonParameters, commonShape, toCommon } from "./common.ts";
import {
  type AzureCosmosDbSource,
  azureCosmosDbShape,
  type MongoDbSource,
  mongoDbShape,
  toAzureCosmosDb,
  toMongoDb,
} from "./document-databases.ts";
import { type FileSearchSource, fileSearchShape, toFileSearch } from "./file-search.ts";
import { type NamedSource, namedSchema } from "./named.ts";
import { foldParameters, toSnakeCase, withoutBlanks } from "./fold.ts";
import {
  type AzureMlIndexSource,
  azureMlIndexShape,
  type ElasticsearchSource,
  elasticsearchShape,
  type PineconeSource,
  pineconeShape,
  toAzureMlIndex,
  toElasticsearch,
  toPinecone,
} from "./other-indexes.ts";

export type AnySource =
  | FileSearchSource
  | AzureSearchSource
  | AzureCosmosDbSource
  | MongoDbSource
  | ElasticsearchSource
  | PineconeSource
  | AzureMlIndexSource
  | NamedSource;

export interface DataSource {
  common: CommonParameters;
  source: AnySource;
}

export interface ParsedDataSources {
  sources: DataSource[];
  /** What was tolerated, for `x-groundwire-warnings`. */
  warnings: string[];
}

interface SourceType {
  /** Names of the wire. */
  names: readonly string[];
  read(values: Record<string, unknown>): DataSource | Problem[];
  /** Parameters that clients send with every type and that mean nothing to this one. */
  idle: readonly string[];
}

function sourceType<Shape extends z.ZodRawShape>(
  shape: Shape,
  toSource: (wire: z.output<z.ZodObject<Shape>>) => AnySource,
  idle: readonly string[] = [],
): SourceType {
  const closed = z.strictObject({ ...commonShape, ...shape });
  return {
    names: Object.keys({ ...commonShape, ...shape }),
    idle: [...idle, "vectorization_dimensions"],
    read(values) {
      const checked = closed.safeParse(values, { reportInput: true });
      if (!checked.success) return problemsOf(checked.error);
      // Checked against both shapes at once, so that keys of neither are seen.
      const wire = checked.data as z.output<z.ZodObject<typeof commonShape>> &
        z.output<z.ZodObject<Shape>>;
      return { common: toCommon(wire), source: toSource(wire) };
    },
  };
}

/** What only indexes searched by words know. */
const QUERYING = ["query_type", "semantic_configuration"];

const TYPES: Record<AnySource["type"], SourceType> = {
  azure_search: sourceType(azureSearchShape, toAzureSearch),
  azure_cosmos_db: sourceType(azureCosmosDbShape, toAzureCosmosDb, QUERYING),
  elasticsearch: sourceType(elasticsearchShape, toElasticsearch, ["semantic_configuration"]),
  pinecone: sourceType(pineconeShape, toPinecone, QUERYING),
  mongo_db: sourceType(mongoDbShape, toMongoDb, QUERYING),
  azure_ml_index: sourceType(azureMlIndexShape, toAzureMlIndex, [
    ...QUERYING,
    "fields_mapping",
    "embedding_dependency",
  ]),
  file_search: sourceType(fileSearchShape, toFileSearch, [
    ...QUERYING,
    "fields_mapping",
    "embedding_dependency",
    "authentication",
  ]),
  named: {
    names: Object.keys(namedSchema.shape),
    idle: [],
    read(values) {
      const checked = namedSchema.safeParse(values, { reportInput: true });
      if (!checked.success) return problemsOf(checked.error);
      const { name, ...given } = { ...values, name: checked.data.name };
      return { common: toCommon(checked.data), source: { type: "named", name, given } };
    },
  },
};

/** Other names of the types: of the protocol before 2024-02-15, and what Microsoft's sample application writes. */
const ALIASES: Record<string, AnySource["type"]> = {
  azure_cognitive_search: "azure_search",
  azure_cosmosdb: "azure_cosmos_db",
};

const envelopeSchema = z.looseObject({ type: z.string(), parameters: z.unknown().optional() });

/**
 * Reads `data_sources` as tolerantly as can be.
 * @throws GroundwireError `data_source_invalid`, with every problem of every source in the words of the service.
 */
export function parseDataSources(values: unknown[]): ParsedDataSources {
  const warnings: string[] = [];
  const sources = values.map((value, index) => parseDataSource(value, { index, warnings }));
  return { sources, warnings };
}

function parseDataSource(
  value: unknown,
  { index, warnings }: { index: number; warnings: string[] },
): DataSource {
  const { type, parameters, here } = readEnvelope(value, { at: ["data_sources", index], warnings });
  return readParameters(type, parameters, here);
}

/** One element of `data_sources`, its parameters in the spelling of today and not checked yet. */
export function readEnvelope(
  value: unknown,
  { at, warnings }: { at: PropertyKey[]; warnings: string[] },
): { type: AnySource["type"]; parameters: Record<string, unknown>; here: PropertyKey[] } {
  const envelope = envelopeSchema.safeParse(value, { reportInput: true });
  if (!envelope.success) throw invalidDataSource(under(at, problemsOf(envelope.error)));
  const type = readType(envelope.data.type, { at, warnings });
  const here = [...at, type, "parameters"];
  const parameters = envelope.data.parameters ?? {};
  if (!isObject(parameters)) {
    throw invalidDataSource([
      { path: here, text: "Input should be a valid dictionary", missing: false },
    ]);
  }
  const folded = foldParameters(withoutBlanks(parameters), warnings);
  for (const name of TYPES[type].idle.filter((known) => folded[known] !== undefined)) {
    warnings.push(`'${name}' ignored for ${type}`);
    delete folded[name];
  }
  return { type, parameters: folded, here };
}

/** @throws GroundwireError `data_source_invalid` with every problem, as being in `here`. */
export function readParameters(
  type: AnySource["type"],
  parameters: Record<string, unknown>,
  here: PropertyKey[],
): DataSource {
  const read = TYPES[type].read(parameters);
  if (Array.isArray(read)) throw invalidDataSource(under(here, read));
  refuseIncomplete(read.source, here);
  return read;
}

function readType(
  given: string,
  { at, warnings }: { at: PropertyKey[]; warnings: string[] },
): AnySource["type"] {
  const folded = toSnakeCase(given);
  const type = Object.hasOwn(ALIASES, folded) ? (ALIASES[folded] ?? folded) : folded;
  if (isKnownType(type)) {
    if (type !== given) warnings.push(`data source type '${given.slice(0, 50)}' read as '${type}'`);
    return type;
  }
  if (type === "azure_sql_server") {
    throw new GroundwireError(
      "data_source_invalid",
      `Validation error at #/${[...at, "type"].map(String).join("/")}: 'azure_sql_server' was a private preview of the service and is not served. Put the texts into a vector store and use 'file_search'.`,
    );
  }
  const known = Object.keys(TYPES)
    .map((name) => `'${name}'`)
    .join(", ");
  throw new GroundwireError(
    "data_source_invalid",
    `Validation error at #/${[...at, "type"].map(String).join("/")}: Input should be one of ${known}; '${given.slice(0, 100)}' is not a known type of data source`,
  );
}

function isKnownType(type: string): type is AnySource["type"] {
  return Object.hasOwn(TYPES, type);
}

/** Every parameter a type takes, in the spelling of today. */
export function parameterNames(type: string): readonly string[] {
  return isKnownType(type) ? TYPES[type].names : [];
}

/** Vector stores among the sources. */
export function vectorStoreIdsOf(sources: DataSource[]): string[] {
  return sources.flatMap(({ source }) =>
    source.type === "file_search" ? source.vectorStoreIds : [],
  );
}

/** What is required only together with something else. */
function refuseIncomplete(source: AnySource, here: PropertyKey[]): void {
  if (source.type === "file_search" && source.vectorStoreIds.length === 0) {
    const path = [...here, "vector_store_id"];
    throw invalidDataSource([{ path, text: "Field required", missing: true }]);
  }
  if (source.type !== "azure_search" && source.type !== "elasticsearch") return;
  if (source.queryType.startsWith("vector") && source.embedding === null) {
    throw requiredForQuery("embeddingEndpoint", source);
  }
  const isSemantic = source.queryType.includes("semantic");
  if (isSemantic && source.type === "azure_search" && source.semanticConfiguration === null) {
    throw requiredForQuery("semanticConfiguration", source);
  }
}

/** Names of the service before 2024, which its errors kept. Recorded for embeddings; UNVERIFIED for the rest. */
const OLD_TYPES = { azure_search: "AzureCognitiveSearch", elasticsearch: "Elasticsearch" };

function requiredForQuery(
  oldName: string,
  { type, queryType }: AzureSearchSource | ElasticsearchSource,
): GroundwireError {
  const oldQueryType = queryType.replaceAll(/_([a-z])/gu, (_, letter: string) =>
    letter.toUpperCase(),
  );
  return new GroundwireError(
    "data_source_invalid",
    `'${oldName}' is a required parameter for the ${OLD_TYPES[type]} data source type. This parameter is required for queryType ${oldQueryType}.`,
  );
}

export function under(prefix: PropertyKey[], problems: Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: [...prefix, ...problem.path] }));
}
