import type { Document } from "mongodb";

import type { FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { isObject } from "../../protocol/validation.ts";
import { joinedText, textOf, valueAt } from "../field-values.ts";
import type { SourcePassage } from "../source.ts";

/** Where a query puts the score, beside the fields of the document. */
export const SCORE_FIELD = "groundwire_score";
/** As the service's own ingestion writes it. */
const CHUNK_ID_FIELD = "chunk_id";
const LONGEST_PATH = 500;

/**
 * Refuses names that would be commands within a query.
 * @throws GroundwireError `data_source_invalid`
 */
export function checkPaths(mapping: FieldsMapping, subject: string): void {
  const paths = [...mapping.vectorFields, ...readPaths(mapping)];
  for (const path of paths) {
    const isPath = path.split(".").every((name) => name !== "" && !name.startsWith("$"));
    if (isPath && path.length <= LONGEST_PATH && !path.includes("\0")) continue;
    throw new GroundwireError(
      "data_source_invalid",
      `${subject}: '${path.replaceAll(/\p{Cc}/gu, " ").slice(0, 100)}' in 'fields_mapping' is not the path of a field: names joined by dots, none of them empty or with a '$' before it.`,
    );
  }
}

/** What a query must give of each document. Of two paths, one within the other, the outer one stands for both. */
export function projectionOf(mapping: FieldsMapping, scoreName: string): Document {
  const paths = [...new Set(["_id", CHUNK_ID_FIELD, ...readPaths(mapping)])];
  const outermost = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)));
  return {
    ...Object.fromEntries(outermost.map((path) => [path, 1])),
    [SCORE_FIELD]: { $meta: scoreName },
  };
}

function readPaths({
  contentFields,
  titleField,
  urlField,
  filepathField,
}: FieldsMapping): string[] {
  return [...contentFields, titleField, urlField, filepathField].filter((path) => path !== null);
}

export interface Reading {
  mapping: FieldsMapping;
  /** Of the engine's score. */
  relevanceOf: (score: number) => number | null;
  /** The engine's score in such a form that more is better; as it is by default. */
  scoreOf?: (score: number) => number;
}

/** Documents as passages, in their order; those without text are left out. */
export function toPassages(documents: Document[], reading: Reading): SourcePassage[] {
  const { mapping, relevanceOf, scoreOf = (score) => score } = reading;
  return documents.flatMap((raw) => {
    const document = toPlain(raw);
    const content = joinedText(document, mapping.contentFields, mapping.contentFieldsSeparator);
    if (content === null) return [];
    const read = (path: string | null): string | null =>
      path === null ? null : textOf(valueAt(document, path));
    const score = typeof raw[SCORE_FIELD] === "number" ? raw[SCORE_FIELD] : 0;
    return [
      {
        id: idOf(raw["_id"]),
        content,
        matched: content,
        title: read(mapping.titleField),
        url: read(mapping.urlField),
        filepath: read(mapping.filepathField),
        chunkId: read(CHUNK_ID_FIELD) ?? "0",
        score: scoreOf(score),
        relevance: relevanceOf(score),
        rerankScore: null,
        page: null,
        headingPath: [],
        anchor: null,
      },
    ];
  });
}

/** The same for the same document always: what it is called in a shell, or JSON of it. */
function idOf(id: unknown): string {
  const plain = toPlain(id);
  return typeof plain === "string" ? plain : JSON.stringify(plain);
}

/** Values of BSON as JSON has them; bytes are left out, but for those that are an id. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => toPlain(one));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (!isObject(value)) return value;
  // Documents have fields of their own only, also one of this name.
  const type = Object.hasOwn(value, "_bsontype") ? undefined : value["_bsontype"];
  if (type === undefined) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toPlain(inner)]));
  }
  if (type === "Binary") return uuidIn(value);
  // These types have a `toString` of their own.
  return READABLE_TYPES.has(type) ? (value as Pick<Date, "toString">).toString() : null;
}

/** Types of the driver that say themselves in words. */
const READABLE_TYPES = new Set<unknown>(["ObjectId", "Decimal128", "Long", "Timestamp"]);
const UUID_SUBTYPE = 4;

function uuidIn(binary: Record<string, unknown>): string | null {
  const { sub_type: subtype, buffer } = binary;
  if (subtype !== UUID_SUBTYPE || !(buffer instanceof Uint8Array)) return null;
  const hex = Buffer.from(buffer).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5");
}
