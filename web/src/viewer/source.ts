import type { ReadingViewOutline, ViewAnchor } from "../../../src/protocol/documents.ts";
import { authHeaders } from "../session.ts";

/** What the bay shows of a cited passage. */
export interface OpenSource {
  outline: ReadingViewOutline | null;
  /** Sanitised HTML of the part that holds the passage; null for PDF and when there is no view. */
  html: string | null;
  anchor: ViewAnchor | null;
}

interface ChunkPage {
  data: { chunk_id: string; passages: { text: string; anchor: { kind: string } }[] }[];
}

/** Reads where a passage stands: its file's outline, the anchor of the passage, and the part it is in. */
export async function readSource({
  fileId,
  storeId,
  chunkId,
  content,
}: {
  fileId: string;
  storeId: string;
  chunkId: string;
  content: string;
}): Promise<OpenSource> {
  const outline = await getJson<ReadingViewOutline>(`/groundwire/files/${fileId}/view`);
  if (outline.render === "pdf") return { outline, html: null, anchor: null };
  const after = Number(chunkId) - 1;
  const page = await getJson<ChunkPage>(
    `/groundwire/vector_stores/${storeId}/files/${fileId}/chunks?after=${after}&limit=1`,
  );
  const passages = (page.data[0]?.passages ?? []).filter(({ text }) => content.includes(text));
  const anchors = passages.flatMap(({ anchor }) => (isViewAnchor(anchor) ? [anchor] : []));
  const first = anchors[0];
  const last = anchors.findLast(({ part }) => part === first?.part);
  if (!first || !last) return { outline, html: null, anchor: null };
  const part = await fetch(`/groundwire/files/${fileId}/view/${first.part}`, {
    headers: authHeaders(),
  });
  return { outline, html: part.ok ? await part.text() : null, anchor: { ...first, end: last.end } };
}

function isViewAnchor(anchor: { kind: string }): anchor is ViewAnchor {
  return anchor.kind === "view";
}

/** The server's own answer; it is not checked again here. */
async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: authHeaders() });
  if (!response.ok) throw new Error(`The source could not be opened (${response.status}).`);
  return (await response.json()) as T;
}
