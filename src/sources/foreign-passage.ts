import type { SourcePassage } from "./source.ts";

/** A passage of an index that knows nothing of pages, headings and neighbours, and did not rerank. */
export function foreignPassage(
  known: Omit<SourcePassage, "matched" | "rerankScore" | "page" | "headingPath" | "anchor">,
): SourcePassage {
  return {
    ...known,
    matched: known.content,
    rerankScore: null,
    page: null,
    headingPath: [],
    anchor: null,
  };
}
