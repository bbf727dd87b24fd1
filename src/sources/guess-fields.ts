/** What a field of somebody else's index may hold for us. */
export type FieldRole = "content" | "title" | "url" | "filepath" | "chunkId";

/** Names that indexes give such fields, the usual ones first: those of Microsoft's own scripts and wizards, and of common libraries. */
const NAMES: Record<FieldRole, readonly string[]> = {
  content: ["content", "chunk", "text", "pagecontent", "body", "mergedcontent"],
  title: ["title", "name", "heading"],
  url: ["url", "uri", "link", "sourcepage", "metadatastoragepath"],
  filepath: ["filepath", "filename", "metadatastoragename", "source"],
  chunkId: ["chunkid"],
};

/** The field among `names` that by its name holds this; null when none does. Case, `_` and `-` do not count. */
export function guessField(role: FieldRole, names: readonly string[]): string | null {
  for (const wanted of NAMES[role]) {
    const found = names.find((name) => name.toLowerCase().replaceAll(/[_-]/gu, "") === wanted);
    if (found !== undefined) return found;
  }
  return null;
}
