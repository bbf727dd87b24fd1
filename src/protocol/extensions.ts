import type { Anchor } from "./documents.ts";

/**
 * What Groundwire tells beside an answer under the key `x_groundwire`, for callers who ask for it with the header
 * `x-groundwire-extensions: 1` (or for a trace). Offsets are UTF-16 code units, ends exclusive.
 */

/** Beside the five keys of a citation: where it stands in its document. */
export interface CitationExtension {
  /** Absent when the document is none of this server's files. */
  file_id?: string;
  page: number | null;
  heading_path: string[];
  anchor: Anchor | null;
  /** The passage that was found, within `content`, which is wider for reading; null when it is not part of it as it stands. */
  matched: Span | null;
  /** 0…1, what strictness judged. */
  relevance: number;
}

export interface Span {
  start: number;
  end: number;
}

/** A sentence of an answer, with what supports it. */
export interface SentenceExtension extends Span {
  /** Numbers of its markers: 1 is `[doc1]`. */
  citations: number[];
  /**
   * 0…1: share of its words, rare ones counting more, that stand in the documents it cites, or in any when it cites none; null: it
   * has too few words, or is in another language than they.
   */
  support: number | null;
  /** Enough support, and every number of it stands there too; null: not judged. */
  is_supported: boolean | null;
  /** Numbers, by their digits, that stand in none of those documents. */
  unknown_numbers: string[];
  /** In each cited document the sentence that is most like it. */
  quotes: (Span & { citation: number })[];
}
