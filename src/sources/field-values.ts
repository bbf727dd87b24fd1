import { isObject } from "../protocol/validation.ts";

/** The value at a path, whether its parts are objects or one key with dots; of lists of objects a list. Undefined: none. */
export function valueAt(document: unknown, path: string): unknown {
  if (Array.isArray(document)) {
    const values = document.map((item: unknown) => valueAt(item, path));
    const found = values.filter((value) => value !== undefined);
    return found.length === 0 ? undefined : found.flat();
  }
  if (!isObject(document)) return undefined;
  if (Object.hasOwn(document, path)) return document[path];
  for (let dot = path.indexOf("."); dot !== -1; dot = path.indexOf(".", dot + 1)) {
    const key = path.slice(0, dot);
    if (!Object.hasOwn(document, key)) continue;
    const value = valueAt(document[key], path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Text, numbers and switches as text, several of them in a line each; null when there is nothing to read. */
export function textOf(value: unknown): string | null {
  if (Array.isArray(value)) {
    const texts = value.map((item: unknown) => textOf(item)).filter((text) => text !== null);
    return texts.length === 0 ? null : texts.join("\n");
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** The texts at the paths, joined; null when there is none. */
export function joinedText(
  document: unknown,
  paths: readonly string[],
  separator: string,
): string | null {
  const texts = paths
    .map((path) => textOf(valueAt(document, path)))
    .filter((text) => text !== null);
  return texts.length === 0 ? null : texts.join(separator);
}
