import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ModelUpstream } from "../models/model-upstream.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { DONE, encodeEvent } from "../protocol/sse.ts";
import { isObject } from "../protocol/validation.ts";
import { hostOf } from "../upstream/pool.ts";
import { postJson, readText } from "../upstream/post-json.ts";
import { usageIn } from "../upstream/usage-scanner.ts";
import type { Accounting } from "./accounting.ts";
import { standardHeaders } from "./request-context.ts";

/** Characters of text in one chunk: about a line, so that clients show it line by line. */
const PIECE = 80;

const completionSchema = z.looseObject({
  choices: z.array(
    z.looseObject({
      index: z.number().default(0),
      message: z.looseObject({ content: z.string().nullish(), tool_calls: z.unknown().optional() }),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: z.unknown().optional(),
});
type Completion = z.output<typeof completionSchema>;

/** Asks a model that does not stream for its whole answer and sends it as the stream the caller wants. */
export async function sendSynthesized({
  upstream,
  body,
  accounting,
  request,
  reply,
}: {
  upstream: ModelUpstream;
  body: Record<string, unknown>;
  accounting: Accounting;
  request: FastifyRequest;
  reply: FastifyReply;
}): Promise<void> {
  const { target } = upstream;
  const { stream_options: options, ...rest } = body;
  const answer = await postJson({
    target,
    operation: "chat/completions",
    signal: request.context.signal,
    body: {
      ...rest,
      ...(target.modelInBody === null ? {} : { model: target.modelInBody }),
      stream: false,
    },
  });
  const text = await readText(answer, hostOf(upstream));
  const completion = parseCompletion(text);
  accounting.used(usageIn(text));
  request.context.warnings.push("'stream' made here: the model answers whole");
  const includeUsage = isObject(options) && options["include_usage"] === true;
  reply.raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
    ...standardHeaders(request),
  });
  reply.raw.end(toChunks(completion, { includeUsage }).join(""));
}

/** The events a model that streams would have sent for the same answer. */
export function toChunks(
  { choices, usage, ...common }: Completion,
  { includeUsage }: { includeUsage: boolean },
): string[] {
  const chunk = (choice: unknown[], ofUsage: unknown = null): string =>
    encodeEvent(
      JSON.stringify({
        ...common,
        object: "chat.completion.chunk",
        choices: choice,
        ...(includeUsage ? { usage: ofUsage } : {}),
      }),
    );
  const events = choices.flatMap((choice) => {
    const { index, message, finish_reason, ...rest } = choice;
    return [
      ...deltasOf(message).map((delta) => chunk([{ index, delta, finish_reason: null }])),
      chunk([{ ...rest, index, delta: {}, finish_reason: finish_reason ?? "stop" }]),
    ];
  });
  return [...events, ...(includeUsage ? [chunk([], usage ?? null)] : []), encodeEvent(DONE)];
}

function deltasOf(message: Completion["choices"][number]["message"]): Record<string, unknown>[] {
  const { content, tool_calls: calls, role: _role, ...rest } = message;
  const pieces = (content ?? "").match(new RegExp(`[^]{1,${PIECE}}`, "gu"));
  const toolCalls = Array.isArray(calls)
    ? calls.map((call: unknown, index) => ({ index, ...(isObject(call) ? call : {}) }))
    : [];
  return [
    { role: "assistant", content: "", ...rest },
    ...(pieces ?? []).map((piece) => ({ content: piece })),
    ...toolCalls.map((call) => ({ tool_calls: [call] })),
  ];
}

function parseCompletion(text: string): Completion {
  try {
    return completionSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new GroundwireError(
      "upstream_refused",
      "The model's server sent something that is not a chat completion.",
      { cause },
    );
  }
}
