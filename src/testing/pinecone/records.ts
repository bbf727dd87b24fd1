import { wordVector } from "../word-vector.ts";

export interface SparseValues {
  indices: number[];
  values: number[];
}

export interface StoredRecord {
  id: string;
  values: number[];
  sparseValues: SparseValues | null;
  metadata: Record<string, unknown>;
}

export interface IndexSettings {
  name: string;
  dimension: number | null;
  metric: "cosine" | "dotproduct" | "euclidean";
  vectorType: "dense" | "sparse";
  /** A model of Pinecone's own, and the field it reads. */
  embed: { model: string; field: string } | null;
}

export interface HostIndex extends IndexSettings {
  isReady: boolean;
  namespaces: Map<string, Map<string, StoredRecord>>;
}

export const DEFAULT_NAMESPACE = "__default__";

/** An error of an index: `code` is gRPC's. */
export class IndexFailure extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function recordsOf(index: HostIndex, namespace: string): Map<string, StoredRecord> {
  const name = namespace === "" ? DEFAULT_NAMESPACE : namespace;
  const known = index.namespaces.get(name);
  if (known !== undefined) return known;
  const created = new Map<string, StoredRecord>();
  index.namespaces.set(name, created);
  return created;
}

export function refuseDimension({ dimension }: HostIndex, vector: number[]): void {
  if (dimension === null || vector.length === dimension) return;
  throw new IndexFailure(
    400,
    3,
    `Vector dimension ${vector.length} does not match the dimension of the index ${dimension}`,
  );
}

export interface Wanted {
  namespace: string;
  topK: number;
  vector: number[] | null;
  sparse: SparseValues | null;
}

export interface ScoredRecord {
  record: StoredRecord;
  score: number;
}

/** The nearest records, exactly. */
export function nearest(index: HostIndex, wanted: Wanted): ScoredRecord[] {
  const { vector, sparse } = wanted;
  if (vector !== null) refuseDimension(index, vector);
  if (index.vectorType === "dense" && vector === null) {
    throw new IndexFailure(400, 3, "Query vector must contain values");
  }
  if (index.vectorType === "dense" && sparse !== null && index.metric !== "dotproduct") {
    throw new IndexFailure(400, 3, "Index configuration does not support sparse values");
  }
  const known = index.namespaces.get(wanted.namespace || DEFAULT_NAMESPACE);
  return [...(known?.values() ?? [])]
    .flatMap((record) => {
      const score = scoreOf(index, record, wanted);
      return score === null ? [] : [{ record, score: Math.fround(score) }];
    })
    .toSorted((left, right) =>
      index.metric === "euclidean" ? left.score - right.score : right.score - left.score,
    )
    .slice(0, wanted.topK);
}

function scoreOf(
  { metric, vectorType }: HostIndex,
  { values, sparseValues }: StoredRecord,
  { vector, sparse }: Wanted,
): number | null {
  const bySparse = sparse === null || sparseValues === null ? 0 : sparseDot(sparse, sparseValues);
  // Records that share no word with the query are not found.
  if (vectorType === "sparse") return bySparse === 0 ? null : bySparse;
  const wanted = vector ?? [];
  const dot = values.reduce((sum, value, at) => sum + value * (wanted[at] ?? 0), 0);
  switch (metric) {
    case "cosine":
      return dot / (Math.hypot(...values) * Math.hypot(...wanted) || 1);
    case "euclidean":
      return values.reduce((sum, value, at) => sum + (value - (wanted[at] ?? 0)) ** 2, 0);
    case "dotproduct":
      return dot + bySparse;
  }
}

function sparseDot(left: SparseValues, right: SparseValues): number {
  const weights = new Map(left.indices.map((index, at) => [index, left.values[at] ?? 0]));
  return right.indices.reduce(
    (sum, index, at) => sum + (weights.get(index) ?? 0) * (right.values[at] ?? 0),
    0,
  );
}

/** What Pinecone's models make of a text here: words in places of their own. */
export function embedText(
  text: string,
  { dimension, vectorType }: Pick<HostIndex, "dimension" | "vectorType">,
): {
  values: number[];
  sparseValues: SparseValues | null;
} {
  if (vectorType === "dense")
    return { values: wordVector(text, dimension ?? 0), sparseValues: null };
  const weights = wordVector(text, 10_007);
  const indices = weights.flatMap((weight, index) => (weight === 0 ? [] : [index]));
  return {
    values: [],
    sparseValues: { indices, values: indices.map((index) => weights[index] ?? 0) },
  };
}
