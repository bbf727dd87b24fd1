/** Characters shown on each side of what was found. */
const AROUND = 60;

/** The part of a text around the first place that holds `search`, in any case, on one line. */
export function snippetOf(text: string, search: string): string {
  const line = text.replaceAll(/\s+/gu, " ");
  const at = Math.max(0, line.toLowerCase().indexOf(search.toLowerCase()));
  const start = Math.max(0, at - AROUND);
  const end = Math.min(line.length, at + search.length + AROUND);
  return `${start > 0 ? "…" : ""}${line.slice(start, end).trim()}${end < line.length ? "…" : ""}`;
}
