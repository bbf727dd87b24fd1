/** A text column that may be null. */
export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A number column that may be null. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
