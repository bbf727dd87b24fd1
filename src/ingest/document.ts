import type { Anchor, DocumentKind } from "../protocol/documents.ts";

/**
 * What `extract` makes of a file: parts in reading order (pages, slides, sheets, sections, line windows), each
 * with its text, its blocks and, for PDF, the place of every word. All offsets are UTF-16 code units in `part.text`.
 */
export interface ExtractedDocument {
  kind: DocumentKind;
  /** The document's own title (metadata, first heading); null when it has none. */
  title: string | null;
  parts: DocumentPart[];
}

export interface DocumentPart {
  /** What a person calls this part: "Page 6", "Slide 3", "Sheet Rates, rows 1–200", "Lines 1–400". */
  label: string;
  /** 1-based page or slide number; null where the format has no pages. */
  page: number | null;
  text: string;
  /** In order, not overlapping; every non-blank character of `text` lies in a block. */
  blocks: Block[];
  /** PDF only. */
  geometry?: PageGeometry;
  /** Sanitised HTML whose elements carry `id`s of the blocks; absent for PDF. */
  html?: string;
}

export type BlockKind = "heading" | "paragraph" | "list-item" | "table-row" | "code" | "note";

export interface Block {
  /** `b0`, `b1`, …, unique in the document, stable for the same bytes. */
  id: string;
  kind: BlockKind;
  start: number;
  end: number;
  /** Headings above this block, outermost first; a heading block holds its own text last. For sheets: the sheet name. */
  headingPath: string[];
}

/** Places of the words of one PDF page. */
export interface PageGeometry {
  /** Width and height in points. */
  box: [width: number, height: number];
  /** Seven numbers a word: start, end (in part.text), raw character index of its first character, left, bottom, right, top. */
  words: Float64Array;
}

/** Numbers a word takes in `PageGeometry.words`. */
export const WORD_FIELDS = 7;

/** Sizes in tokens of the o200k_base encoding, as the vector-store API counts them. */
export interface ChunkingStrategy {
  maxChunkSizeTokens: number;
  chunkOverlapTokens: number;
}

export const DEFAULT_CHUNKING: ChunkingStrategy = {
  maxChunkSizeTokens: 800,
  chunkOverlapTokens: 400,
};

/**
 * A document cut for search. Passages are small, do not overlap, and are what is matched and scored;
 * a chunk is a run of passages, is what the API reports, and may overlap its neighbours.
 */
export interface ChunkedDocument {
  title: string | null;
  /** BCP 47 base language of the text (`en`, `de`, `zh`), or null when it could not be told. */
  language: string | null;
  passages: Passage[];
  chunks: Chunk[];
}

export interface Passage {
  /** 0-based position in the document. */
  ordinal: number;
  text: string;
  /** White space that stood before it in the document; joins passages back into running text. Empty for the first. */
  joiner: string;
  headingPath: string[];
  /** 1-based page or slide where it starts; null where the format has none. */
  page: number | null;
  /** Label of the part where it starts. */
  label: string;
  anchor: Anchor;
}

export interface Chunk {
  /** 0-based; as a string it is the `chunk_id` of a citation. */
  ordinal: number;
  firstPassage: number;
  /** Inclusive. */
  lastPassage: number;
  tokens: number;
}
