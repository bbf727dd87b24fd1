import type { Attributes } from "./store-requests.ts";

/** An attribute while it is edited. */
export interface AttributeRow {
  /** For React. */
  key: number;
  name: string;
  value: string;
}

/** Limits of the API. */
export const MOST_ATTRIBUTES = 16;
export const LONGEST_NAME = 64;
export const LONGEST_VALUE = 512;

export function rowsOf(attributes: Attributes): AttributeRow[] {
  return Object.entries(attributes).map(([name, value], key) => ({
    key,
    name,
    // Text that would be read as something else is quoted.
    value: typeof value === "string" && valueOf(value) !== value ? `"${value}"` : String(value),
  }));
}

/** Numbers and true or false are told from text by how they are written; in quotes anything is text. */
export function valueOf(text: string): string | number | boolean {
  const trimmed = text.trim();
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  if (/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/u.test(trimmed)) return Number(trimmed);
  const quoted = /^"(.*)"$/su.exec(trimmed);
  return quoted?.[1] ?? trimmed;
}

/** Rows without a name are left out; of one name twice the last counts. */
export function attributesOf(rows: AttributeRow[]): Attributes {
  return Object.fromEntries(
    rows
      .filter(({ name }) => name.trim() !== "")
      .map(({ name, value }) => [name.trim(), valueOf(value)]),
  );
}
