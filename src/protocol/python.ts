/** Parts of this wire were written by Python and are compared as text by applications. */

/** `json.dumps(text)`: ASCII only. */
export function toPythonJson(text: string): string {
  return JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, escapeUnit);
}

/** `repr(value)` of a value that was JSON: `{'code': '429', 'param': None}`. */
export function toPythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return toStringLiteral(value);
  if (Array.isArray(value)) return `[${value.map(toPythonLiteral).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, entry]) => `${toStringLiteral(key)}: ${toPythonLiteral(entry)}`,
  );
  return `{${entries.join(", ")}}`;
}

/** In single quotes, unless that would need more escapes than double ones. */
function toStringLiteral(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return quote + (quote === "'" ? inside.replaceAll("'", "\\'") : inside) + quote;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
