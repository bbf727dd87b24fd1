export function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
