import type { FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { type FieldRole, guessField } from "../guess-fields.ts";
import type { IndexShape, VectorShape } from "./index-shape.ts";

/** Which fields of the index are used for what. */
export interface FieldPlan {
  key: string | null;
  content: readonly string[];
  title: string | null;
  url: string | null;
  filepath: string | null;
  chunkId: string | null;
  vectors: readonly VectorField[];
}

export interface VectorField {
  name: string;
  /** Null: not known. */
  shape: VectorShape | null;
}

export interface Planning {
  mapping: FieldsMapping;
  semanticConfiguration: string | null;
  /** For messages: `index 'policies' of azure_search at s.search.windows.net`. */
  place: string;
}

/**
 * The fields the caller mapped; of the others those the semantic configuration names, then those whose names tell.
 * @throws GroundwireError `data_source_invalid` naming a mapped field that the index does not have, or what cannot be found out.
 */
export function planFields(shape: IndexShape, planning: Planning): FieldPlan {
  const { mapping, place } = planning;
  const checked = checkMapping(shape, planning);
  const semantic = semanticOf(shape, planning.semanticConfiguration);
  const names = shape.fields
    .filter(({ isText, isRetrievable }) => isText && isRetrievable)
    .map(({ name }) => name);
  const found = (role: FieldRole): string | null => guessField(role, names);
  const title = checked.titleField ?? semantic?.title ?? found("title");
  const url = checked.urlField ?? found("url");
  const filepath = checked.filepathField ?? found("filepath");
  const others = [shape.key, title, url, filepath];
  const content = firstFilled(
    mapping.contentFields,
    (semantic?.content ?? []).filter((name) => names.includes(name)),
    [found("content") ?? []].flat(),
    shape.fields
      .filter(({ name, isText, isSearchable, isRetrievable }) => {
        return isText && isSearchable && isRetrievable && !others.includes(name);
      })
      .map(({ name }) => name)
      .slice(0, 1),
  );
  if (content.length === 0) {
    throw new GroundwireError("data_source_invalid", `No field with text was found in ${place}.`, {
      advice: "Name one in 'fields_mapping.content_fields'; it must be retrievable.",
      aspect: "fields",
    });
  }
  return {
    key: shape.key,
    content,
    title,
    url,
    filepath,
    chunkId: found("chunkId"),
    vectors: vectorsOf(shape, planning),
  };
}

function checkMapping(shape: IndexShape, { mapping, place }: Planning): FieldsMapping {
  const given: [string, string | null][] = [
    ...mapping.contentFields.map((name): [string, string] => ["content_fields", name]),
    ["title_field", mapping.titleField],
    ["url_field", mapping.urlField],
    ["filepath_field", mapping.filepathField],
  ];
  for (const [parameter, name] of given) {
    // Parts of complex fields are written `parent/part`.
    const field = shape.fields.find((one) => one.name === name?.split("/", 1)[0]);
    if (name === null || field?.isRetrievable) continue;
    const problem = field === undefined ? "there is no such field" : "it is not retrievable";
    const names = shape.fields.filter(({ isRetrievable }) => isRetrievable).map((one) => one.name);
    throw new GroundwireError(
      "data_source_invalid",
      `'fields_mapping.${parameter}' names '${name}', but ${problem} in ${place}. It has: ${names.slice(0, 50).join(", ")}.`,
      { aspect: "fields" },
    );
  }
  return mapping;
}

function semanticOf({ semantic, defaultSemantic }: IndexShape, wanted: string | null) {
  return semantic.find(({ name }) => name === (wanted ?? defaultSemantic)) ?? null;
}

/** The mapped ones; else all of the index, the vectors of images aside. */
function vectorsOf(
  { fields, isDefinition }: IndexShape,
  { mapping, place }: Planning,
): VectorField[] {
  if (mapping.vectorFields.length === 0) {
    return fields
      .filter(({ vector, name }) => vector !== null && !mapping.imageVectorFields.includes(name))
      .map(({ name, vector }) => ({ name, shape: vector }));
  }
  return mapping.vectorFields.map((name) => {
    const shape = fields.find((field) => field.name === name)?.vector ?? null;
    if (shape !== null || !isDefinition) return { name, shape };
    const known = fields.filter(({ vector }) => vector !== null).map((field) => field.name);
    throw new GroundwireError(
      "data_source_invalid",
      `'fields_mapping.vector_fields' names '${name}', but there is no such vector field in ${place}. ${known.length === 0 ? "It has none" : `It has: ${known.join(", ")}`}.`,
      { aspect: "fields" },
    );
  });
}

function firstFilled(...lists: (readonly string[])[]): readonly string[] {
  return lists.find((list) => list.length > 0) ?? [];
}
