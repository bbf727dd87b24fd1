import { z } from "zod";

import type { MongoDbSource } from "../../protocol/data-sources/document-databases.ts";
import type { FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { isObject } from "../../protocol/validation.ts";
import { type MongoCall, type MongoTarget, placeOf } from "../mongo/access.ts";
import { hasCollection, take } from "../mongo/documents.ts";
import { hasNoSearch } from "../mongo/failures.ts";

/** How a collection is to be searched: by vectors, by words, or by both. */
export interface SearchPlan {
  vectors: VectorPlan | null;
  /** Name of the index of words. */
  words: string | null;
}

export interface VectorPlan {
  index: string;
  fields: { path: string; similarity: Similarity }[];
  /** Of all of its fields; null: it does not say. */
  dimensions: number | null;
}

const similaritySchema = z.enum(["cosine", "dotProduct", "euclidean"]);
export type Similarity = z.output<typeof similaritySchema>;

const vectorFieldSchema = z.looseObject({
  type: z.literal("vector"),
  path: z.string(),
  numDimensions: z.number().nullable().default(null),
  similarity: similaritySchema,
});
type VectorField = z.output<typeof vectorFieldSchema>;

const indexSchema = z.looseObject({
  name: z.string(),
  type: z.string().default("search"),
  status: z.string().default("READY"),
  queryable: z.boolean().default(true),
  latestDefinition: z
    .looseObject({ fields: z.array(z.unknown()).default([]), mappings: z.unknown().optional() })
    .default({ fields: [] }),
});
type SearchIndex = z.output<typeof indexSchema>;

/**
 * Looks at the search indexes first: a query by an index that is not there, or not ready, finds nothing without a word.
 * @throws GroundwireError that says what is there instead.
 */
export async function discoverIndexes(
  call: MongoCall,
  { target, settings }: { target: MongoTarget; settings: MongoDbSource },
): Promise<SearchPlan> {
  const { indexName, fieldsMapping } = settings;
  const place = placeOf(target);
  const at = `${target.subject} at ${call.host}:`;
  const indexes = await listIndexes(call).catch((error: unknown) => {
    if (!hasNoSearch(error)) throw error;
    throw new GroundwireError("data_source_invalid", `${at} this server has no Atlas Search.`, {
      advice: "For Azure Cosmos DB for MongoDB use a data source of type 'azure_cosmos_db'.",
      aspect: "index",
    });
  });
  const index = indexes.find(({ name }) => name === indexName);
  if (index === undefined) {
    const { problem, advice } = await whatIsThere(call, { place, indexes, indexName });
    throw new GroundwireError("data_source_invalid", `${at} ${problem}`, {
      advice,
      aspect: "index",
    });
  }
  if (!index.queryable) throw notReady(index, `${at} index '${indexName}' of ${place}`);
  const { contentFields } = fieldsMapping;
  if (index.type !== "vectorSearch") {
    if (isForWords(index, contentFields)) return { vectors: null, words: indexName };
    throw new GroundwireError(
      "data_source_invalid",
      `${at} index '${indexName}' of ${place} does not have every field of 'content_fields', so that it would find nothing.`,
      { advice: "Add them to it, or correct 'index_name'.", aspect: "fields" },
    );
  }
  const words = indexes.find((one) => isForWords(one, contentFields));
  return {
    vectors: vectorPlanOf(index, {
      mapping: fieldsMapping,
      what: `${at} index '${indexName}' of ${place}`,
    }),
    words: words?.name ?? null,
  };
}

function vectorPlanOf(
  index: SearchIndex,
  { mapping: { vectorFields }, what }: { mapping: FieldsMapping; what: string },
): VectorPlan {
  const known = vectorsIn(index);
  const fields = known.filter(({ path }) => vectorFields.includes(path));
  const lengths = new Set(fields.map(({ numDimensions }) => numDimensions));
  const [dimensions = null] = lengths;
  if (fields.length === new Set(vectorFields).size && lengths.size === 1) {
    return { index: index.name, fields, dimensions };
  }
  const shown = known.map(({ path, numDimensions }) => `'${path}' (${numDimensions} dimensions)`);
  const given = vectorFields.map((path) => `'${path}'`).join(", ");
  throw new GroundwireError(
    "data_source_invalid",
    lengths.size > 1
      ? `${what} has vectors in ${shown.join(", ")}; 'vector_fields' must name such of one length.`
      : `${what} has vectors in ${shown.join(", ") || "no field"}, not in ${given}.`,
    {
      aspect: "fields",
      ...(lengths.size > 1 ? {} : { advice: "Correct 'vector_fields' or 'index_name'." }),
    },
  );
}

async function listIndexes({ collection, options }: MongoCall): Promise<SearchIndex[]> {
  const cursor = collection.aggregate([{ $listSearchIndexes: {} }], options);
  const listed = await take(cursor, MOST_INDEXES);
  return listed.flatMap((one) => indexSchema.safeParse(one).data ?? []);
}

const MOST_INDEXES = 1_000;

async function whatIsThere(
  call: MongoCall,
  { place, indexes, indexName }: { place: string; indexes: SearchIndex[]; indexName: string },
): Promise<{ problem: string; advice: string }> {
  const known = indexes.map(({ name, type }) => `'${name}' (${type})`).join(", ");
  if (known !== "") {
    return {
      problem: `${place} has no search index '${indexName}'. It has ${known}.`,
      advice: "Correct 'index_name'.",
    };
  }
  return (await hasCollection(call))
    ? {
        problem: `${place} has no search index '${indexName}', nor another one.`,
        advice: "Create one of type 'vectorSearch' in Atlas.",
      }
    : {
        problem: `there is no ${place}.`,
        advice: "Check 'database_name' and 'collection_name'; capital letters count.",
      };
}

function notReady({ status }: SearchIndex, what: string): GroundwireError {
  return ["FAILED", "DOES_NOT_EXIST", "DELETING"].includes(status)
    ? new GroundwireError(
        "data_source_invalid",
        `${what} cannot be searched: its status is ${status}.`,
        { advice: "Look at it in Atlas.", aspect: "index" },
      )
    : new GroundwireError(
        "data_source_unavailable",
        `${what} cannot be searched yet: its status is ${status}.`,
        { advice: "Try again when it is READY.", aspect: "index" },
      );
}

function vectorsIn({ latestDefinition }: SearchIndex): VectorField[] {
  return latestDefinition.fields.flatMap((field) => vectorFieldSchema.safeParse(field).data ?? []);
}

/** True when words in all of these fields can be searched for. */
function isForWords(
  { type, queryable, latestDefinition: { mappings } }: SearchIndex,
  paths: readonly string[],
): boolean {
  return type === "search" && queryable && paths.every((path) => isMapped(mappings, path));
}

/** True when an index of words has the field: by name, or because it takes whatever there is. */
function isMapped(mappings: unknown, path: string): boolean {
  if (!isObject(mappings)) return false;
  const { dynamic, fields } = mappings;
  const [name = "", ...rest] = path.split(".");
  const field = isObject(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) return dynamic === true || isObject(dynamic);
  return rest.length === 0 || [field].flat().some((one) => isMapped(one, rest.join(".")));
}
