import { z } from "zod";

import { GroundwireError } from "../protocol/errors.ts";
import type { FinishReason, Usage } from "../protocol/events.ts";
import { createSseDecoder, DONE } from "../protocol/sse.ts";
import { failureOf } from "../upstream/failures.ts";
import { hostOf } from "../upstream/pool.ts";
import { postJson, type UpstreamReply } from "../upstream/post-json.ts";
import { FAMILIES } from "./families.ts";
import type { ChatModel, ModelEvent, ModelRequest } from "./model.ts";
import { type ModelPool, type ModelUpstream, sendMapped } from "./model-upstream.ts";
import { parseJson } from "../util/parse-json.ts";

/** What is read of an upstream's chunk or whole answer; everything may be missing or null. */
const part = z.object({
  content: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  /** What some servers call it. */
  reasoning: z.string().nullish().catch(null),
  tool_calls: z
    .array(
      z.object({
        index: z.number().nullish(),
        id: z.string().nullish(),
        function: z
          .object({ name: z.string().nullish(), arguments: z.string().nullish() })
          .nullish(),
      }),
    )
    .nullish(),
});
const replySchema = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        delta: part.nullish(),
        message: part.nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .looseObject({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      total_tokens: z.number(),
    })
    .nullish(),
  error: z.looseObject({ message: z.string().nullish() }).nullish(),
});
type Reply = z.output<typeof replySchema>;

const FINISH_REASONS: readonly string[] = [
  "stop",
  "length",
  "tool_calls",
  "content_filter",
  "function_call",
];

/** A model behind the chat-completions protocol: Azure OpenAI, OpenAI, vLLM, llama.cpp, Ollama … */
export function createChatModel({ id, pool }: { id: string; pool: ModelPool }): ChatModel {
  return {
    id,
    get family() {
      return pool.upstreams[0]?.traits ?? FAMILIES.standard;
    },
    async *generate(request: ModelRequest, signal: AbortSignal) {
      const { reply, host } = await pool.run(
        async (upstream) => ({
          reply: await ask(upstream, request, signal),
          host: hostOf(upstream),
        }),
        signal,
      );
      let finish: { reason: FinishReason; model: string } | null = null;
      const openCalls = new Set<number>();
      try {
        for await (const piece of repliesOf(reply)) {
          for (const event of eventsOf(piece, openCalls)) yield event;
          const reason = piece.choices?.[0]?.finish_reason;
          if (reason) finish = { reason: toFinishReason(reason), model: piece.model || id };
        }
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(error, host);
      }
      if (!finish) {
        throw new GroundwireError(
          "upstream_unavailable",
          `The model's server at ${host} broke off its answer.`,
        );
      }
      yield { type: "finish", ...finish };
    },
  };
}

function ask(
  upstream: ModelUpstream,
  { messages, parameters }: ModelRequest,
  signal: AbortSignal,
): Promise<UpstreamReply> {
  const { target } = upstream;
  const body = { ...parameters, messages, stream: true };
  return sendMapped(upstream, body, (mapped) =>
    postJson({
      target,
      operation: "chat/completions",
      signal,
      body: {
        ...(target.modelInBody === null ? {} : { model: target.modelInBody }),
        ...mapped.body,
        ...(upstream.traits.streams
          ? { stream: true, stream_options: { include_usage: true } }
          : { stream: false }),
      },
    }),
  );
}

/** The chunks of a stream, or the one answer of a server that does not stream. */
async function* repliesOf({ contentType, body }: UpstreamReply): AsyncGenerator<Reply> {
  if (!contentType.startsWith("text/event-stream")) {
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    yield toReply(Buffer.concat(pieces).toString("utf8"));
    return;
  }
  const decoder = createSseDecoder();
  for await (const bytes of body) {
    for (const { data } of decoder.push(bytes)) if (data !== DONE) yield toReply(data);
  }
  for (const { data } of decoder.end()) if (data !== DONE) yield toReply(data);
}

function toReply(text: string): Reply {
  const parsed = replySchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new GroundwireError(
      "upstream_refused",
      "The model's server sent something that is not a chat completion.",
    );
  }
  if (parsed.data.error) {
    throw new GroundwireError(
      "upstream_refused",
      `The model's server reported an error: ${parsed.data.error.message ?? "no reason given"}`,
    );
  }
  return parsed.data;
}

function* eventsOf({ choices, usage }: Reply, openCalls: Set<number>): Generator<ModelEvent> {
  const choice = choices?.[0];
  const delta = choice?.delta ?? choice?.message;
  const reasoning = delta?.reasoning_content ?? delta?.reasoning;
  if (reasoning) yield { type: "reasoning-delta", text: reasoning };
  if (delta?.content) yield { type: "text-delta", text: delta.content };
  for (const [position, call] of (delta?.tool_calls ?? []).entries()) {
    const index = call.index ?? position;
    if (!openCalls.has(index)) {
      openCalls.add(index);
      yield {
        type: "tool-call-start",
        index,
        id: call.id ?? `call_${index}`,
        name: call.function?.name ?? "",
      };
    }
    if (call.function?.arguments) {
      yield { type: "tool-call-delta", index, argumentsText: call.function.arguments };
    }
  }
  // Checked above for the three counts; the rest goes on as the upstream counts it.
  if (usage) yield { type: "usage", usage: usage as Usage };
}

function toFinishReason(reason: string): FinishReason {
  return FINISH_REASONS.includes(reason) ? (reason as FinishReason) : "stop";
}
