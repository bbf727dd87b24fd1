import type { DocumentOutline } from "./document-queries.ts";
import type { Passage } from "./passages.ts";

/** Kinds whose parts people know by name; in the others the headings say more. */
const NAMED_PARTS = new Set(["pptx", "xlsx", "csv", "code", "text"]);

export function hasNamedParts(kind: string): boolean {
  return NAMED_PARTS.has(kind);
}

/** Where a passage stands, as people say it. */
export function placeOf(
  { anchor, headingPath, page }: Passage,
  outline: DocumentOutline | undefined,
): { page: number | null; pages: number | null; label: string | null; heading: string | null } {
  const part = anchor?.kind === "view" ? outline?.parts[anchor.part] : undefined;
  const isNamed = outline !== undefined && hasNamedParts(outline.kind);
  const label = isNamed ? (part?.label ?? null) : null;
  const heading = headingPath.at(-1) ?? null;
  return {
    page: label === null ? page : null,
    pages: outline?.parts.length ?? null,
    label,
    // A sheet is its own heading: its name is in the label already.
    heading: heading !== null && label?.includes(heading) ? null : heading,
  };
}
