/** What a field of somebody else's index may hold for us. */
export type FieldRole = "content" | "title" | "url" | "filepath" | "chunkId" | "vector";

/**
 * Names that indexes give such fields, the usual ones first: those of Microsoft's own scripts and wizards, then those that
 * LangChain, LlamaIndex and Elastic's crawler write.
 */
const NAMES: Record<FieldRole, readonly string[]> = {
  content: [
    "content",
    "chunk",
    "text",
    "pagecontent",
    "chunktext",
    "chunkcontent",
    "passage",
    "bodycontent",
    "body",
    "mergedcontent",
    "contents",
    "description",
  ],
  title: ["title", "documenttitle", "name", "heading", "headline", "subject"],
  url: ["url", "uri", "link", "href", "sourceurl", "sourcepage", "metadatastoragepath"],
  filepath: ["filepath", "filename", "file", "path", "metadatastoragename", "sourcefile", "source"],
  chunkId: ["chunkid", "chunkindex"],
  vector: ["contentvector", "contentembedding", "vector", "embedding", "textvector"],
};

/**
 * The field among `names` that by its name holds this, whether it lies in an object (`metadata.title`) or not; of several the one
 * that lies least deep. Null when none does. Case, `_` and `-` do not count.
 */
export function guessField(role: FieldRole, names: readonly string[]): string | null {
  const ranked = names
    .map((name) => ({ name, rank: NAMES[role].indexOf(folded(name)) }))
    .filter(({ rank }) => rank !== -1)
    .toSorted((left, right) => left.rank - right.rank || depth(left.name) - depth(right.name));
  return ranked[0]?.name ?? null;
}

function folded(name: string): string {
  const last = name.slice(name.lastIndexOf(".") + 1);
  return last.toLowerCase().replaceAll(/[_-]/gu, "");
}

function depth(name: string): number {
  return name.split(".").length;
}
