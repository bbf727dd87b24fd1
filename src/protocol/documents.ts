/**
 * Where a passage stands in its document. Clients open the source at this place and highlight it.
 * Offsets are UTF-16 code units everywhere.
 */
export type Anchor = PdfAnchor | ViewAnchor | TextAnchor;

/** A place in a PDF: rectangles in PDF points, origin bottom left, page rotation 0. */
export interface PdfAnchor {
  kind: "pdf";
  regions: PdfRegion[];
}

export interface PdfRegion {
  /** 1-based page number. */
  page: number;
  /** Page width and height in points. */
  box: [width: number, height: number];
  /** One rectangle per line: left, bottom, right, top. */
  rects: [left: number, bottom: number, right: number, top: number][];
  /** Range of raw characters on the page as the PDF engine counts them, end exclusive. */
  chars: [start: number, end: number];
}

/** A place in a reading view: from an offset in one block to an offset in another block of the same or a later part. */
export interface ViewAnchor {
  kind: "view";
  /** Index of the view part where the passage starts. */
  part: number;
  start: { id: string; offset: number };
  end: { id: string; offset: number };
  /** First characters of the passage, for people and as a last resort for matching. */
  quote: string;
}

/** Only the words are known (a chunk of a remote index). */
export interface TextAnchor {
  kind: "text";
  quote: string;
}

export type DocumentKind =
  | "pdf"
  | "docx"
  | "pptx"
  | "xlsx"
  | "html"
  | "markdown"
  | "text"
  | "csv"
  | "json"
  | "code";

/** A file of a vector store as people manage it: `GET /groundwire/vector_stores/{id}/documents`. */
export interface StoreDocumentBody {
  /** Of the file. */
  id: string;
  object: "groundwire.document";
  filename: string;
  /** Size of the file. */
  bytes: number;
  /** When it came into the store, Unix seconds. */
  created_at: number;
  status: "in_progress" | "completed" | "cancelled" | "failed";
  /** What is being done to it: `queued`, `extract`, `embed`, `index`; `done` once it is settled. */
  stage: string;
  last_error: { code: string; message: string } | null;
  attributes: Record<string, string | number | boolean>;
}

/** Table of contents of a reading view; its parts are fetched one by one. */
export interface ReadingViewOutline {
  kind: DocumentKind;
  title: string | null;
  /** `pdf`: the client draws pages itself from the original bytes; `html`: parts hold sanitised HTML. */
  render: "pdf" | "html";
  parts: ReadingViewPartInfo[];
}

export interface ReadingViewPartInfo {
  index: number;
  /** What a person calls this part: "Page 6", "Slide 3", "Sheet Rates, rows 1–200", "Leave policy", "Lines 1–400". */
  label: string;
  /** PDF only: width and height in points. */
  box?: [width: number, height: number];
  /** PDF only: where its text begins and ends across the page, in points; absent when it has none. */
  text?: [left: number, right: number];
}
