import type { EmbeddingModel } from "../models/model.ts";
import type { ChunkedDocument } from "./document.ts";

/** One vector per passage, in order. The heading path is embedded with the text: a passage seldom repeats its subject. */
export async function embedPassages(
  document: ChunkedDocument,
  model: EmbeddingModel,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const texts = document.passages.map((passage) =>
    [...passage.headingPath, passage.text].join("\n"),
  );
  const vectors: Float32Array[] = [];
  for (let start = 0; start < texts.length; start += model.maxBatch) {
    vectors.push(...(await model.embed(texts.slice(start, start + model.maxBatch), { signal })));
  }
  return vectors;
}
