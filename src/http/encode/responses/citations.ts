import type { Citation, RetrievedDocument } from "../../../protocol/events.ts";
import type { Annotation, FileSearchResult } from "../../../protocol/responses/response.ts";

const MARKER = /[ \t]*\[doc(\d{1,9})\]/gu;
/** Where files of this server's own stores are read; other citations are of documents elsewhere. */
const FILE_CONTENT = /^\/openai\/v1\/files\/([^/]+)\/content/u;

/** A link to a file that code has made. */
const PRODUCED = /\]\(\/openai\/v1\/files\/([^/)\s]+)\/content\)/gu;

/** What a text may name. */
export interface Shown {
  citations: Citation[];
  /** Ids of files that code has made. */
  produced: Set<string>;
}

export interface Annotated {
  text: string;
  annotations: Annotation[];
}

/**
 * Takes the `[docN]` markers out of a piece of text, which holds none by halves, and says what stood there, and which files it links
 * to.
 * @param at Length of the text before this piece.
 */
export function annotate(piece: string, { citations, produced }: Shown, at: number): Annotated {
  let text = "";
  let end = 0;
  const annotations: Annotation[] = [];
  for (const match of piece.matchAll(MARKER)) {
    const citation = citations[Number(match[1]) - 1];
    if (citation === undefined) continue;
    text += piece.slice(end, match.index);
    end = match.index + match[0].length;
    annotations.push(toAnnotation(citation, at + text.length));
  }
  text += piece.slice(end);
  for (const { 1: fileId = "", index } of text.matchAll(PRODUCED)) {
    if (!produced.has(fileId)) continue;
    annotations.push({ type: "file_path", index: at + index, file_id: fileId });
  }
  return { text, annotations };
}

function toAnnotation(citation: Citation, index: number): Annotation {
  const { url } = citation;
  const fileId = fileIdOf(citation);
  const title = citation.title ?? citation.filepath ?? "";
  return fileId === null && url !== null
    ? { type: "url_citation", start_index: index, end_index: index, url, title }
    : {
        type: "file_citation",
        index,
        file_id: fileId ?? citation.filepath ?? citation.chunk_id,
        filename: citation.filepath ?? title,
      };
}

/** What was searched found: only what the answer was given. */
export function toResults(retrieved: RetrievedDocument[]): FileSearchResult[] {
  return retrieved
    .filter(({ filter_reason: reason }) => reason === undefined)
    .map((document) => ({
      file_id: fileIdOf(document) ?? document.filepath ?? document.chunk_id,
      filename: document.filepath ?? document.title ?? "",
      score: Math.min(1, Math.max(0, document.rerank_score ?? 0)),
      text: document.content,
      attributes: {},
    }));
}

function fileIdOf({ url }: Citation): string | null {
  return FILE_CONTENT.exec(url ?? "")?.[1] ?? null;
}
