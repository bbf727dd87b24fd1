import { z } from "zod";

import type { AzureCosmosDbSource } from "../../protocol/data-sources/document-databases.ts";
import { type ErrorDetails, GroundwireError } from "../../protocol/errors.ts";
import { type MongoCall, type MongoTarget, placeOf } from "../mongo/access.ts";
import { isNoCollection } from "../mongo/failures.ts";

/** What the engine says of an index, without what is of no use here. */
export interface VectorIndex {
  path: string;
  similarity: "COS" | "IP" | "L2";
  kind: string;
  /** Null: it does not say. */
  dimensions: number | null;
  /** The collection has a text index, too. */
  hasWords: boolean;
}

const optionsSchema = z.looseObject({
  kind: z.string().default("vector-ivf"),
  similarity: z.enum(["COS", "IP", "L2"]).default("COS"),
  dimensions: z.number().nullable().default(null),
});

const indexSchema = z
  .looseObject({
    name: z.string(),
    key: z.record(z.string(), z.unknown()),
    // The service writes the first, its documentation the second.
    cosmosSearchOptions: optionsSchema.optional(),
    cosmosSearch: optionsSchema.optional(),
  })
  .transform(({ name, key, cosmosSearchOptions, cosmosSearch }) => ({
    name,
    key,
    path: Object.keys(key).find((path) => key[path] === "cosmosSearch") ?? null,
    options: cosmosSearchOptions ?? cosmosSearch ?? optionsSchema.parse({}),
  }));
type IndexDescription = z.output<typeof indexSchema>;

const listSchema = z.looseObject({
  cursor: z.looseObject({ firstBatch: z.array(z.unknown()) }),
});

/**
 * Looks at the indexes first: a query names one in vain, and when the collection is missing it is answered as if it were
 * written wrongly.
 * @throws GroundwireError that says what is there instead.
 */
export async function discoverIndex(
  call: MongoCall,
  { target, settings }: { target: MongoTarget; settings: AzureCosmosDbSource },
): Promise<VectorIndex> {
  const { indexName, fieldsMapping } = settings;
  const place = placeOf(target);
  const refuse = (problem: string, details: ErrorDetails): GroundwireError =>
    new GroundwireError(
      "data_source_invalid",
      `${target.subject} at ${call.host}: ${problem}`,
      details,
    );
  const indexes = await listIndexes(call);
  if (indexes === null) {
    throw refuse(`there is no ${place}.`, {
      advice: "Check 'database_name' and 'container_name'; capital letters count.",
      aspect: "index",
    });
  }
  const vectors = indexes.filter(({ path }) => path !== null);
  const index = vectors.find(({ name }) => name === indexName);
  if (index === undefined || index.path === null) {
    const known = vectors.map(({ name, path }) => `'${name}' on '${path}'`).join(", ");
    throw known === ""
      ? refuse(`${place} has no vector index '${indexName}', nor another one.`, {
          advice: "Create it with createIndexes and 'cosmosSearchOptions'.",
          aspect: "index",
        })
      : refuse(`${place} has no vector index '${indexName}'. It has ${known}.`, {
          advice: "Correct 'index_name'.",
          aspect: "index",
        });
  }
  const { path, options } = index;
  if (!fieldsMapping.vectorFields.includes(path)) {
    const given = fieldsMapping.vectorFields.map((field) => `'${field}'`).join(", ");
    throw refuse(`index '${indexName}' of ${place} is on '${path}', not on ${given}.`, {
      advice: "Correct 'vector_fields' or 'index_name'.",
      aspect: "fields",
    });
  }
  const { kind, similarity, dimensions } = options;
  const hasWords = indexes.some(({ key }) => Object.values(key).includes("text"));
  return { path, kind, similarity, dimensions, hasWords };
}

/** Null: there is no such collection. What cannot be understood is no index of ours. */
async function listIndexes({
  database,
  collection,
  options: { signal, maxTimeMS },
}: MongoCall): Promise<IndexDescription[] | null> {
  const command = { listIndexes: collection.collectionName, cursor: {}, maxTimeMS };
  try {
    const reply = await database.command(command, { signal });
    const batch = listSchema.safeParse(reply).data?.cursor.firstBatch ?? [];
    return batch.flatMap((one) => indexSchema.safeParse(one).data ?? []);
  } catch (error) {
    if (isNoCollection(error)) return null;
    throw error;
  }
}
