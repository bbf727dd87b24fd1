import { z } from "zod";
import { withoutNulls } from "./validation.ts";

/** Most inputs of one request as the service documents it. */
export const MOST_INPUTS = 2048;

const tokens = z.array(z.int().min(0)).min(1);

/** The body of `POST …/embeddings`. Unknown keys are kept: they belong to the model. Null counts as absent. */
export const embeddingsRequestSchema = z.preprocess(
  withoutNulls,
  z.looseObject({
    model: z.string().optional(),
    input: z.union(
      [z.string().min(1), z.array(z.string().min(1)).min(1), tokens, z.array(tokens).min(1)],
      {
        error:
          "Input should be a non-empty string, a list of them, a list of tokens or a list of such lists",
      },
    ),
    encoding_format: z.enum(["float", "base64"]).default("float"),
    dimensions: z.int().min(1).optional(),
  }),
);

export type EmbeddingsRequest = z.output<typeof embeddingsRequestSchema>;

/** The inputs one by one: a string and a list of tokens are one input each. */
export function inputsOf({ input }: EmbeddingsRequest): (string | number[])[] {
  if (typeof input === "string") return [input];
  const inputs: (string | number | number[])[] = input;
  return inputs.every((entry) => typeof entry !== "number") ? inputs : [inputs.map(Number)];
}

/** What is read of an upstream's answer. */
export const embeddingsReplySchema = z.object({
  model: z.string().default(""),
  data: z.array(
    z.object({ index: z.number(), embedding: z.union([z.array(z.number()), z.string()]) }),
  ),
  usage: z.object({ prompt_tokens: z.number(), total_tokens: z.number() }).optional(),
});

export type EmbeddingsReply = z.output<typeof embeddingsReplySchema>;

/** Vectors travel as lists of numbers or as base64 of little-endian 32-bit floats. */
export function toFloats(embedding: number[] | string): Float32Array {
  if (typeof embedding !== "string") return Float32Array.from(embedding);
  const bytes = Uint8Array.from(Buffer.from(embedding, "base64"));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

export function toBase64(embedding: number[] | string): string {
  if (typeof embedding === "string") return embedding;
  return Buffer.from(Float32Array.from(embedding).buffer).toString("base64");
}
