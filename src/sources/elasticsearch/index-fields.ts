import { isObject } from "../../protocol/validation.ts";
import { searchableType } from "./field-types.ts";

/** A field of an index. */
export interface Field {
  /** As queries name it. */
  path: string;
  /** As the document holds it: for a field that analyses another one's value again, the path of that one. */
  sourcePath: string;
  type: string;
  /** The nearest nested object it lies in. */
  nested: string | null;
  /** What vectors are: of each index behind a name that has the field. Empty when it is not known. */
  vectors: VectorOptions[];
}

export interface VectorOptions {
  dimensions: number | null;
  similarity: string | null;
  /** `float`, `byte`, `bit` … */
  elementType: string;
  isIndexed: boolean;
}

/** By path, over all indices behind a name; of fields that differ one that can be searched is kept: servers list indices in no order. */
export type IndexFields = Map<string, Field>;

/** The answer of `GET /{index}/_mapping`: mappings by concrete index, several for an alias or a data stream. */
export function fieldsOfMapping(body: unknown): IndexFields {
  const fields: IndexFields = new Map();
  for (const index of Object.values(isObject(body) ? body : {})) {
    const mappings = isObject(index) ? index["mappings"] : undefined;
    addProperties(fields, propertiesOf(mappings), { prefix: "", nested: null });
  }
  return fields;
}

interface Place {
  prefix: string;
  nested: string | null;
}

function addProperties(
  fields: IndexFields,
  properties: Record<string, unknown>,
  { prefix, nested }: Place,
): void {
  for (const [name, definition] of Object.entries(properties)) {
    if (!isObject(definition)) continue;
    const path = prefix + name;
    const type = typeOf(definition);
    if (type === "object" || type === "nested") {
      const inside = { prefix: `${path}.`, nested: type === "nested" ? path : nested };
      addProperties(fields, propertiesOf(definition), inside);
      continue;
    }
    const isAlias = type === "alias" && typeof definition["path"] === "string";
    add(fields, {
      path,
      sourcePath: isAlias ? String(definition["path"]) : path,
      nested,
      type,
      definition,
    });
    const parts = definition["fields"];
    for (const [part, inner] of Object.entries(isObject(parts) ? parts : {})) {
      if (!isObject(inner)) continue;
      add(fields, {
        path: `${path}.${part}`,
        sourcePath: path,
        nested,
        type: typeOf(inner),
        definition: inner,
      });
    }
  }
}

function add(
  fields: IndexFields,
  { definition, ...field }: Omit<Field, "vectors"> & { definition: Record<string, unknown> },
): void {
  const vectors = vectorOptionsOf(field.type, definition);
  const known = fields.get(field.path);
  if (known?.type === field.type) known.vectors.push(...vectors);
  else if (known === undefined || searchableType([known.type, field.type]) === field.type) {
    fields.set(field.path, { ...field, vectors });
  }
}

function vectorOptionsOf(type: string, definition: Record<string, unknown>): VectorOptions[] {
  if (type === "dense_vector") return [vectorOptions(definition, "dims")];
  const settings = definition["model_settings"];
  if (type !== "semantic_text" || !isObject(settings)) return [];
  // A sparse embedding has no similarity, as its scores have no scale.
  return [vectorOptions(settings, "dimensions")];
}

function vectorOptions(definition: Record<string, unknown>, dimensions: string): VectorOptions {
  const { [dimensions]: count, similarity, element_type: elementType, index } = definition;
  return {
    dimensions: typeof count === "number" ? count : null,
    similarity: typeof similarity === "string" ? similarity : null,
    elementType: typeof elementType === "string" ? elementType : "float",
    isIndexed: index !== false,
  };
}

function typeOf({ type, properties }: Record<string, unknown>): string {
  if (typeof type === "string") return type;
  return properties === undefined ? "" : "object";
}

function propertiesOf(definition: unknown): Record<string, unknown> {
  const properties = isObject(definition) ? definition["properties"] : undefined;
  return isObject(properties) ? properties : {};
}

/** The answer of `GET /{index}/_field_caps`, which the privilege `read` is enough for. It says nothing of what vectors are. */
export function fieldsOfCapabilities(body: unknown): IndexFields {
  const listed = isObject(body) && isObject(body["fields"]) ? body["fields"] : {};
  const types = new Map(
    Object.entries(listed).flatMap(([path, byType]): [string, string][] => {
      const type = searchableType(isObject(byType) ? Object.keys(byType) : []);
      return type === null || path.startsWith("_") ? [] : [[path, type]];
    }),
  );
  const fields: IndexFields = new Map();
  for (const [path, type] of types) {
    if (type === "object" || type === "nested") continue;
    const parents = parentsOf(path);
    const value = parents.find((parent) => holdsValues(types.get(parent)));
    const nested = parents.findLast((parent) => types.get(parent) === "nested") ?? null;
    fields.set(path, { path, sourcePath: value ?? path, type, nested, vectors: [] });
  }
  return fields;
}

function holdsValues(type: string | undefined): boolean {
  return type !== undefined && type !== "object" && type !== "nested";
}

/** `a.b.c` → `a`, `a.b`. */
function parentsOf(path: string): string[] {
  const parts = path.split(".");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("."));
}
