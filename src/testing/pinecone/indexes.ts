import type { PineconeHost } from "./pinecone-host.ts";
import { embedText, type IndexSettings, recordsOf } from "./records.ts";

export interface NewRecord {
  id: string;
  values: number[];
  metadata: Record<string, unknown>;
  /** A text whose words are its sparse vector. */
  sparse?: string;
}

/** Makes an index of dense vectors, compared by cosine where nothing else is said. */
export async function addIndex(
  host: PineconeHost,
  {
    isReady = true,
    ...more
  }: Partial<IndexSettings> & Pick<IndexSettings, "name"> & { isReady?: boolean },
): Promise<void> {
  const settings = {
    dimension: null,
    metric: "cosine",
    vectorType: "dense",
    embed: null,
    ...more,
  } as const;
  await host.add({ ...settings, isReady, namespaces: new Map() });
}

export async function addRecords(
  host: PineconeHost,
  name: string,
  records: readonly NewRecord[],
  namespace = "",
): Promise<void> {
  const index = host.indexes.get(name);
  if (index === undefined) throw new Error(`there is no index ${name}`);
  for (const { id, values, metadata, sparse } of records) {
    const text = sparse ?? (index.vectorType === "sparse" ? String(metadata["content"]) : null);
    const { sparseValues } =
      text === null
        ? { sparseValues: null }
        : embedText(text, { dimension: null, vectorType: "sparse" });
    recordsOf(index, namespace).set(id, { id, values, sparseValues, metadata });
  }
}
