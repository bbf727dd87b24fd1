import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Folder with the published API documents; without it nothing is validated, and the report says so. */
export const SPEC_FOLDER = process.env["GROUNDWIRE_TEST_SPEC"];

export type Json = { [key: string]: unknown };

export interface SpecDocument {
  /** As the report prints it. */
  name: string;
  /** Dated documents have the version they describe. */
  version: string | null;
  /** Path template without the route's own prefix: `/files/{file_id}`; to methods, in capitals, to responses. */
  operations: Map<string, Json>;
  /** The document as JSON schemas: every `$ref` in it resolves. */
  document: Json;
}

export interface SpecDocuments {
  /** Oldest first. */
  dated: SpecDocument[];
  /** Each of them describes the v1 routes. */
  v1: SpecDocument[];
}

const DATED = /^azure-inference-(\d{4}-\d{2}-\d{2}(?:-preview)?)\./u;
const V1 = ["azure-foundry-v1.json", "openai-openapi-2026-08-21.json"];
const METHODS = ["get", "post", "delete"];

export async function readSpecDocuments(folder: string): Promise<SpecDocuments> {
  const files = (await readdir(folder)).toSorted();
  const dated: SpecDocument[] = [];
  for (const file of files) {
    const version = DATED.exec(file)?.[1];
    if (version !== undefined) dated.push(await read(folder, file, version));
  }
  return { dated, v1: await Promise.all(V1.map((file) => read(folder, file, null))) };
}

async function read(folder: string, file: string, version: string | null): Promise<SpecDocument> {
  const text = await readFile(join(folder, file), "utf8");
  const document = toJsonSchemas(JSON.parse(text)) as Json; // an OpenAPI document is an object
  const operations = new Map<string, Json>();
  const paths = document["paths"] as Record<string, Json>; // of an OpenAPI document
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method] as { responses?: Json } | undefined; // of an OpenAPI document
      if (operation) operations.set(`${method.toUpperCase()} ${path}`, operation.responses ?? {});
    }
  }
  const name = version === null ? file.replace(/\.json$/u, "") : `azure ${version}`;
  return { name, version, operations, document };
}

/**
 * OpenAPI 3.0 schemas as JSON Schema 2020-12: `nullable` becomes a type, limits that are flags become numbers, and `oneOf` becomes
 * `anyOf`, because the documents' alternatives overlap and are told apart by `discriminator`, which JSON Schema has not.
 */
export function toJsonSchemas(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchemas);
  if (typeof value !== "object" || value === null) return value;
  const schema: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === "discriminator" && isDiscriminator(inner)) continue;
    if (key === "example" || key === "examples") continue;
    schema[key === "oneOf" ? "anyOf" : key] = toJsonSchemas(inner);
  }
  for (const limit of ["Minimum", "Maximum"]) {
    const flag = schema[`exclusive${limit}`];
    if (typeof flag !== "boolean") continue;
    delete schema[`exclusive${limit}`];
    if (!flag) continue;
    schema[`exclusive${limit}`] = schema[limit.toLowerCase()];
    delete schema[limit.toLowerCase()];
  }
  // The documents also write it beside `$ref`, where OpenAPI 3.0 would have it ignored.
  if (schema["nullable"] !== true) return schema;
  delete schema["nullable"];
  return { anyOf: [{ type: "null" }, schema] };
}

/** A property may be called like this as well. */
function isDiscriminator(value: unknown): boolean {
  return typeof value === "object" && value !== null && "propertyName" in value;
}
