import { isObject } from "../../protocol/validation.ts";

/** A field of a mapping by its whole path. */
export interface MappedField {
  type: string;
  /** The nested object it lies in. */
  nested: string | null;
  definition: Record<string, any>;
  /** Path in the document: that of the parent for a field that is the same value analysed in another way. */
  source: string;
}

/** What the index scores: a document without its nested objects, or one nested object. */
export interface Unit {
  nested: string | null;
  offset: number;
  source: Record<string, any>;
  /** Values by whole path. */
  values: Map<string, unknown[]>;
}

export interface StoredDocument {
  id: string;
  source: Record<string, any>;
  units: Unit[];
}

export interface Index {
  name: string;
  properties: Record<string, any>;
  fields: Map<string, MappedField>;
  documents: StoredDocument[];
}

export function createIndex(name: string, properties: Record<string, any>): Index {
  const index: Index = {
    name,
    properties: withDefaults(properties),
    fields: new Map(),
    documents: [],
  };
  addFields(index, index.properties, { prefix: "", nested: null });
  return index;
}

export function putDocument(index: Index, id: string, source: Record<string, any>): void {
  const root: Unit = { nested: null, offset: 0, source, values: new Map() };
  const document: StoredDocument = { id, source, units: [root] };
  collect(source, { index, prefix: "", unit: root, document });
  const place = index.documents.findIndex((known) => known.id === id);
  if (place === -1) index.documents.push(document);
  else index.documents[place] = document;
}

/** As the server shows a mapping: with what was left out when it was made. */
function withDefaults(properties: Record<string, any>): Record<string, any> {
  const entries = Object.entries(properties).map(([name, field]) => {
    const inner = isObject(field["properties"])
      ? { properties: withDefaults(field["properties"]) }
      : {};
    if (field.type !== "dense_vector" || field.index === false)
      return [name, { ...field, ...inner }];
    const { dims, similarity = "cosine", ...rest } = field;
    return [
      name,
      { index: true, ...rest, dims, similarity, index_options: rest.index_options ?? INT8 },
    ];
  });
  return Object.fromEntries(entries);
}

const INT8 = { type: "int8_hnsw", m: 16, ef_construction: 100 };

function addFields(
  index: Index,
  properties: Record<string, any>,
  { prefix, nested }: { prefix: string; nested: string | null },
): void {
  for (const [name, definition] of Object.entries(properties)) {
    const path = prefix + name;
    const type: string = definition.type ?? "object";
    index.fields.set(path, { type, nested, definition, source: path });
    for (const [part, inner] of Object.entries<any>(definition.fields ?? {})) {
      index.fields.set(`${path}.${part}`, {
        type: inner.type,
        nested,
        definition: inner,
        source: path,
      });
    }
    if (definition.properties === undefined) continue;
    const inside = { prefix: `${path}.`, nested: type === "nested" ? path : nested };
    addFields(index, definition.properties, inside);
  }
}

interface Collecting {
  index: Index;
  prefix: string;
  unit: Unit;
  document: StoredDocument;
}

function collect(source: Record<string, any>, collecting: Collecting): void {
  const { index, prefix, unit, document } = collecting;
  for (const [name, value] of Object.entries(source)) {
    const path = prefix + name;
    const type = index.fields.get(path)?.type;
    if (type === "nested") {
      [value].flat().forEach((inner, offset) => {
        const part: Unit = { nested: path, offset, source: inner, values: new Map() };
        document.units.push(part);
        collect(inner, { ...collecting, prefix: `${path}.`, unit: part });
      });
    } else if (isObject(value) && (type === "object" || type === undefined)) {
      collect(value, { ...collecting, prefix: `${path}.` });
    } else {
      const values = type === "dense_vector" || type === "sparse_vector" ? [value] : [value].flat();
      unit.values.set(path, values);
    }
  }
}

/** The parts of a document that `_source` of a search asks for. */
export function filterSource(source: Record<string, any>, wanted: unknown): Record<string, any> {
  if (wanted === undefined || wanted === true) return source;
  const { includes = [], excludes = [] } = Array.isArray(wanted)
    ? { includes: wanted }
    : (wanted as { includes?: string[]; excludes?: string[] });
  const keep = (path: string): boolean =>
    (includes.length === 0 || includes.some((pattern) => matches(pattern, path))) &&
    !excludes.some((pattern) => matches(pattern, path));
  const walk = (value: Record<string, any>, prefix: string): Record<string, any> =>
    Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
        const path = prefix + name;
        if (keep(path)) return [[name, inner]];
        if (Array.isArray(inner)) {
          const parts = inner.filter(isObject).map((item) => walk(item, `${path}.`));
          const kept = parts.filter((part) => Object.keys(part).length > 0);
          return kept.length === 0 ? [] : [[name, kept]];
        }
        if (!isObject(inner)) return [];
        const part = walk(inner, `${path}.`);
        return Object.keys(part).length === 0 ? [] : [[name, part]];
      }),
    );
  return walk(source, "");
}

/** A pattern of the server: `*` is any text, and a path means everything under it. */
export function matches(pattern: string, name: string): boolean {
  const source = pattern.split("*").map((part) => part.replaceAll(/[.\\+?^${}()|[\]]/gu, "\\$&"));
  return new RegExp(`^${source.join(".*")}(?:\\..*)?$`, "u").test(name);
}
