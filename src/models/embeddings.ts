import { z } from "zod";

import { GroundwireError } from "../protocol/errors.ts";
import { postJson } from "../upstream/post-json.ts";
import type { UpstreamTarget } from "./deployments.ts";
import type { EmbeddingModel } from "./model.ts";

/** Most inputs the service takes in one call is 2,048; smaller calls keep a failure cheap. */
const BATCH = 256;

const replySchema = z.object({
  data: z.array(
    z.object({ index: z.number(), embedding: z.union([z.array(z.number()), z.string()]) }),
  ),
});

/** An embedding model behind the embeddings protocol. */
export function createEmbeddingModel({
  id,
  target,
}: {
  id: string;
  target: UpstreamTarget;
}): EmbeddingModel {
  return {
    id,
    maxBatch: BATCH,
    async embed(texts, { dimensions, signal }) {
      const reply = await postJson({
        dispatcher: target.dispatcher,
        url: target.url("embeddings"),
        headers: target.headers,
        secret: target.secret,
        signal,
        body: {
          ...(target.modelInBody === null ? {} : { model: target.modelInBody }),
          input: texts,
          encoding_format: "float",
          ...(dimensions === undefined ? {} : { dimensions }),
        },
      });
      const pieces: Uint8Array[] = [];
      for await (const piece of reply.body) pieces.push(piece);
      return toVectors(Buffer.concat(pieces).toString("utf8"), { id, count: texts.length });
    },
  };
}

function toVectors(text: string, { id, count }: { id: string; count: number }): Float32Array[] {
  const parsed = replySchema.safeParse(JSON.parse(text));
  const data = parsed.data?.data.toSorted((left, right) => left.index - right.index) ?? [];
  const vectors = data.map(({ embedding }) =>
    typeof embedding === "string" ? fromBase64(embedding) : Float32Array.from(embedding),
  );
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

/** Little-endian 32-bit floats. */
function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}
