import { embeddingsReplySchema, toFloats } from "../protocol/embeddings.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { postJson, readText } from "../upstream/post-json.ts";
import type { EmbeddingModel } from "./model.ts";
import type { ModelPool } from "./model-upstream.ts";
import { parseJson } from "../util/parse-json.ts";

/** Most inputs the service takes in one call is 2,048; smaller calls keep a failure cheap. */
const BATCH = 256;

/** An embedding model behind the embeddings protocol. */
export function createEmbeddingModel({
  id,
  pool,
}: {
  id: string;
  pool: ModelPool;
}): EmbeddingModel {
  return {
    id,
    maxBatch: Math.min(BATCH, ...pool.upstreams.map(({ maxInputs }) => maxInputs)),
    embed: (texts, { dimensions, signal }) =>
      pool.run(async ({ target }) => {
        const reply = await postJson({
          target,
          operation: "embeddings",
          signal,
          body: {
            ...(target.modelInBody === null ? {} : { model: target.modelInBody }),
            input: texts,
            encoding_format: "float",
            ...(dimensions === undefined ? {} : { dimensions }),
          },
        });
        const text = await readText(reply, target.url("embeddings").host);
        return toVectors(text, { id, count: texts.length });
      }, signal),
  };
}

function toVectors(text: string, { id, count }: { id: string; count: number }): Float32Array[] {
  const parsed = embeddingsReplySchema.safeParse(parseJson(text));
  const data = parsed.data?.data.toSorted((left, right) => left.index - right.index) ?? [];
  const vectors = data.map(({ embedding }) => toFloats(embedding));
  const dimensions = vectors[0]?.length ?? 0;
  if (
    vectors.length !== count ||
    dimensions === 0 ||
    vectors.some((vector) => vector.length !== dimensions)
  ) {
    throw new GroundwireError(
      "upstream_refused",
      `The embedding model '${id}' answered ${vectors.length} vectors for ${count} texts, or of unequal lengths.`,
    );
  }
  return vectors;
}
