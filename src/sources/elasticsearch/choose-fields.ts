import type { FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { type FieldRole, guessField } from "../guess-fields.ts";
import { isText, isVector, VECTOR_TYPES } from "./field-types.ts";
import type { Field, IndexFields } from "./index-fields.ts";

/** Paths in documents. */
export interface ReadFields {
  content: string[];
  title: string | null;
  url: string | null;
  filepath: string | null;
  chunkId: string | null;
}

const MOST_NAMED = 30;

/** What the documents of an index are read from; by their names where the mapping does not say. Content may be empty. */
export function chooseReadFields(fields: IndexFields, mapping: FieldsMapping): ReadFields {
  const paths = [
    ...new Set([...fields.values()].filter(isReadable).map((field) => field.sourcePath)),
  ];
  const named = (role: FieldRole): string | null => guessField(role, paths);
  const content =
    mapping.contentFields.length > 0
      ? mapping.contentFields
      : [named("content") ?? onlyText(fields) ?? []].flat();
  return {
    content,
    title: mapping.titleField ?? named("title"),
    url: mapping.urlField ?? named("url"),
    filepath: mapping.filepathField ?? named("filepath"),
    chunkId: named("chunkId"),
  };
}

function isReadable({ type }: Field): boolean {
  return !["dense_vector", "sparse_vector", "rank_features", "binary"].includes(type);
}

/** Without a telling name: the one field that is text and nothing else. */
function onlyText(fields: IndexFields): string | null {
  const texts = textPaths(fields).filter((path) => {
    const parts = [...fields.values()].filter(({ sourcePath }) => sourcePath === path);
    return parts.length === 1;
  });
  return texts.length === 1 ? (texts[0] ?? null) : null;
}

/** Fields of documents that are text, by their paths there. */
export function textPaths(fields: IndexFields): string[] {
  const texts = [...fields.values()].filter(({ type }) => isText(type));
  return [...new Set(texts.map(({ sourcePath }) => sourcePath))];
}

/** The fields that search the words of a value: itself, or another analysis of it. */
export function wordFields(fields: IndexFields, sourcePath: string): Field[] {
  const parts = [...fields.values()].filter(
    (field) => field.sourcePath === sourcePath && isText(field.type),
  );
  const itself = parts.find(({ path }) => path === sourcePath) ?? parts[0];
  return itself === undefined ? [] : [itself];
}

export interface VectorChoice {
  /** Of the request; empty: found by type and name. */
  vectorFields: string[];
  /** A model of the server's own embeds, which may make sparse vectors. */
  embedsInside: boolean;
  /** What is asked: `index 'policies'`. */
  place: string;
}

/** @throws GroundwireError `data_source_invalid` naming what the index has instead. */
export function chooseVectorFields(
  fields: IndexFields,
  { vectorFields, embedsInside, place }: VectorChoice,
): Field[] {
  if (vectorFields.length > 0) {
    return vectorFields.map((path) =>
      vectorField(fields.get(path), { path, embedsInside, place, fields }),
    );
  }
  const usable = [...fields.values()].filter((field) => isUsable(field, embedsInside));
  for (const type of VECTOR_TYPES) {
    const paths = usable.filter((field) => field.type === type).map(({ path }) => path);
    const chosen = fields.get(guessField("vector", paths) ?? paths[0] ?? "");
    if (chosen !== undefined) return [chosen];
  }
  const foreign = [...fields.values()].find(({ type }) => type === "knn_vector");
  const reason =
    foreign === undefined
      ? "has no vector field that can be searched"
      : `is one of OpenSearch, whose vectors ('${foreign.path}') are searched in another way`;
  throw invalid(
    `${place} ${reason}.`,
    "Name one in 'vector_fields', or use 'query_type' 'simple'.",
  );
}

function isUsable({ type, vectors }: Field, embedsInside: boolean): boolean {
  if (type === "dense_vector") return vectors.every(({ isIndexed }) => isIndexed);
  return type === "semantic_text" || (embedsInside && isVector(type));
}

function vectorField(
  field: Field | undefined,
  {
    path,
    embedsInside,
    place,
    fields,
  }: Omit<VectorChoice, "vectorFields"> & { path: string; fields: IndexFields },
): Field {
  if (field === undefined) {
    const known = [...fields.values()].filter(({ type }) => isVector(type));
    throw invalid(
      `${place} has no field '${path}' ('vector_fields'). ${listOf(
        known.map((one) => one.path),
        "vector fields",
      )}`,
    );
  }
  if (!isVector(field.type)) {
    throw invalid(
      `the field '${path}' of ${place} is of type '${field.type}', which holds no vectors.`,
      "Name another in 'vector_fields'.",
    );
  }
  if (isUsable(field, embedsInside)) return field;
  throw field.type === "dense_vector"
    ? invalid(
        `the field '${path}' of ${place} has 'index' set to false, so that it cannot be searched.`,
        "Set it to true in the mapping.",
      )
    : invalid(
        `the field '${path}' of ${place} is of type '${field.type}': only a model of Elasticsearch's own makes such vectors.`,
        "Give an 'embedding_dependency' of type 'model_id'.",
      );
}

/** @throws GroundwireError `data_source_invalid`: without one a search by words finds nothing, and says nothing. */
export function requireWordFields(fields: IndexFields, content: string[], place: string): Field[] {
  const found = content.flatMap((path) => wordFields(fields, path));
  if (found.length > 0) return found;
  const given = content.map((path) => `'${path}'`).join(", ");
  const types = content.flatMap((path) => fields.get(path)?.type ?? []);
  const reason =
    types.length === 0
      ? `has no field ${given}`
      : `has no text in ${given} (type '${types.join("', '")}'), so that words cannot be searched there`;
  throw invalid(
    `${place} ${reason}. ${listOf(textPaths(fields), "text fields")}`,
    "Name them in 'content_fields'.",
  );
}

function listOf(paths: string[], what: string): string {
  if (paths.length === 0) return `It has no ${what}.`;
  const shown = paths.slice(0, MOST_NAMED).map((path) => `'${path}'`);
  return `Its ${what}: ${shown.join(", ")}${paths.length > MOST_NAMED ? ", …" : ""}.`;
}

function invalid(problem: string, advice?: string): GroundwireError {
  return new GroundwireError("data_source_invalid", `elasticsearch: ${problem}`, {
    aspect: "fields",
    ...(advice === undefined ? {} : { advice }),
  });
}
