import type { UpstreamDeployment } from "../models/deployments.ts";
import {
  type EmbeddingsReply,
  embeddingsReplySchema,
  type EmbeddingsRequest,
  inputsOf,
  toBase64,
  toFloats,
} from "../protocol/embeddings.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { hostOf } from "../upstream/pool.ts";
import { postJson, readText } from "../upstream/post-json.ts";
import { parseJson } from "../util/parse-json.ts";

/**
 * Embeds what a request asks for, in as many calls as the upstream needs, and answers the JSON of the reply. A reply that
 * is right as it is goes on unread; one in the other encoding, which official clients would misread, is put right.
 */
export async function embed(
  { pool, name }: UpstreamDeployment,
  request: EmbeddingsRequest,
  signal: AbortSignal,
): Promise<string> {
  const inputs = inputsOf(request);
  const size = Math.min(...pool.upstreams.map(({ maxInputs }) => maxInputs));
  const call = (input: unknown): Promise<string> =>
    pool.run(async (upstream) => {
      const { target } = upstream;
      const reply = await postJson({
        target,
        operation: "embeddings",
        signal,
        body: {
          ...request,
          ...(target.modelInBody === null ? {} : { model: target.modelInBody }),
          input,
        },
      });
      return readText(reply, hostOf(upstream));
    }, signal);

  if (inputs.length <= size) {
    const text = await call(request.input);
    if (encodingIn(text) === request.encoding_format) return text;
    return toReply([parse(text, inputs.length, name)], request);
  }
  const replies: EmbeddingsReply[] = [];
  for (let start = 0; start < inputs.length; start += size) {
    const batch = inputs.slice(start, start + size);
    replies.push(parse(await call(batch), batch.length, name));
  }
  return toReply(replies, request);
}

/** Told by the first vector; null when there is none. */
function encodingIn(text: string): EmbeddingsRequest["encoding_format"] | null {
  const first = /"embedding"\s*:\s*(["[])/u.exec(text)?.[1];
  if (first === undefined) return null;
  return first === "[" ? "float" : "base64";
}

function toReply(replies: EmbeddingsReply[], { encoding_format }: EmbeddingsRequest): string {
  const encode =
    encoding_format === "base64" ? toBase64 : (vector: number[] | string) => [...toFloats(vector)];
  const vectors = replies.flatMap(({ data }) =>
    data.toSorted((left, right) => left.index - right.index),
  );
  const count = (of: "prompt_tokens" | "total_tokens"): number =>
    replies.reduce((sum, { usage }) => sum + (usage?.[of] ?? 0), 0);
  return JSON.stringify({
    object: "list",
    data: vectors.map(({ embedding }, index) => ({
      object: "embedding",
      index,
      embedding: encode(embedding),
    })),
    model: replies[0]?.model ?? "",
    usage: { prompt_tokens: count("prompt_tokens"), total_tokens: count("total_tokens") },
  });
}

function parse(text: string, count: number, name: string): EmbeddingsReply {
  const parsed = embeddingsReplySchema.safeParse(parseJson(text));
  if (parsed.success && parsed.data.data.length === count) return parsed.data;
  throw new GroundwireError(
    "upstream_refused",
    `The server behind '${name}' answered something that is not the embeddings of ${count} texts. Is it an embedding model?`,
  );
}
