import type { Anchor } from "../protocol/documents.ts";

/** A place passages can be retrieved from. One driver file per wire `type`. */
export interface Source {
  /** The wire's own name: `file_search`, `azure_search`, … */
  readonly type: string;
  readonly scoreKind: ScoreKind;
  /** Best first, unique ids, at most `limit`. Rejects with a `GroundwireError`; with the signal's reason when aborted. */
  search(query: SourceQuery): Promise<SourcePassage[]>;
  /** For whoever looks for what is broken; absent where there is nothing on the way to look at. Rejects as `search` does. */
  readonly inspect?: SourceInspection;
}

export interface SourceInspection {
  /** Where the engine is asked first. */
  addresses(signal: AbortSignal): Promise<NetworkAddress[]>;
  /** What is found out about the index before it is searched, found out anew. */
  describe(signal: AbortSignal): Promise<SourceDescription>;
}

export interface NetworkAddress {
  /** A name or an address, without brackets. */
  host: string;
  port: number;
  tls: boolean;
}

export interface SourceDescription {
  /** `index 'policies'` */
  place: string;
  content: readonly string[];
  /** Null: none, or only known when a document is found. */
  title: string | null;
  url: string | null;
  filepath: string | null;
  /** Fields of vectors; dimensions are null where the engine does not tell them. */
  vectors: readonly { name: string; dimensions: number | null }[];
  /** What else is worth knowing, each a sentence. */
  notes: readonly string[];
}

/** How scores of a source are to be read. `lexical`: unbounded BM25; `cosine`: −1…1; `rank`: order only. */
export type ScoreKind = "lexical" | "cosine" | "rank";

export interface SourceQuery {
  text: string;
  limit: number;
  /** False: an engine that answers from a part of its data only has failed. */
  allowPartial: boolean;
  signal: AbortSignal;
}

export interface SourcePassage {
  /** Unique within the source. */
  id: string;
  /** Widened for reading: the matched passage with neighbours, never overlapping another result of the same query. */
  content: string;
  /** The matched passage alone, as it was scored. */
  matched: string;
  title: string | null;
  url: string | null;
  filepath: string | null;
  chunkId: string;
  /** The engine's own score; comparable only within one source. */
  score: number;
  /** 0…1 on a scale that means the same for every source; null where the engine's scores tell no more than an order. */
  relevance: number | null;
  /** What the engine's own reranker gave, untouched; null without one. */
  rerankScore: number | null;
  page: number | null;
  headingPath: string[];
  anchor: Anchor | null;
  /** The file of this server it is of; absent when its document is elsewhere. */
  fileId?: string;
}
