import type { ServerResponse } from "node:http";

import type { RecordedCall } from "../../../src/testing/scripted-upstream.ts";

export type Script = (reply: ServerResponse, call: RecordedCall) => void;

const MODEL = "gpt-4o-2024-11-20";
const SAFE = { filtered: false, severity: "safe" };
const FILTER_RESULTS = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: SAFE };
const PROMPT_FILTER = [{ prompt_index: 0, content_filter_results: FILTER_RESULTS }];
const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
};
const IDENTITY = {
  id: "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz012",
  created: 1_724_000_000,
  model: MODEL,
};

export interface ToolCall {
  id: string;
  name: string;
  /** JSON, in the pieces it is streamed in. */
  argumentPieces: string[];
}

export function jsonReply(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Script {
  return (reply) =>
    reply
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));
}

/** A whole answer as Azure OpenAI gives it. */
export function wholeText(content: string): Script {
  return jsonReply(wholeAnswer({ role: "assistant", content, refusal: null }, "stop"));
}

export function wholeToolCalls(calls: ToolCall[]): Script {
  const toolCalls = calls.map(({ id, name, argumentPieces }) => ({
    id,
    type: "function",
    function: { name, arguments: argumentPieces.join("") },
  }));
  const message = { role: "assistant", content: null, refusal: null, tool_calls: toolCalls };
  return jsonReply(wholeAnswer(message, "tool_calls"));
}

function wholeAnswer(message: object, finishReason: string): object {
  return {
    ...IDENTITY,
    object: "chat.completion",
    system_fingerprint: "fp_b705f0c291",
    prompt_filter_results: PROMPT_FILTER,
    choices: [
      {
        index: 0,
        finish_reason: finishReason,
        logprobs: null,
        message,
        content_filter_results: FILTER_RESULTS,
      },
    ],
    usage: USAGE,
  };
}

/** A streamed answer as Azure OpenAI gives it, with its chunk about the prompt first. */
export function streamedText(pieces: string[]): Script {
  return streamed(
    [{ role: "assistant", content: "", refusal: null }, ...pieces.map((content) => ({ content }))],
    "stop",
  );
}

export function streamedToolCalls(calls: ToolCall[]): Script {
  const deltas = calls.flatMap(({ id, name, argumentPieces }, index) => [
    { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] },
    ...argumentPieces.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return streamed([{ role: "assistant", content: null }, ...deltas], "tool_calls");
}

function streamed(deltas: object[], finishReason: string): Script {
  return (reply, call) => {
    const includesUsage = call.body.stream_options?.include_usage === true;
    const event = (choices: object[], usage: object | null): string =>
      `data: ${JSON.stringify({
        ...IDENTITY,
        object: "chat.completion.chunk",
        system_fingerprint: "fp_b705f0c291",
        choices,
        ...(includesUsage ? { usage } : {}),
      })}\n\n`;
    reply.writeHead(200, { "content-type": "text/event-stream" });
    const promptChunk = { choices: [], created: 0, id: "", model: "", object: "" };
    reply.write(
      `data: ${JSON.stringify({ ...promptChunk, prompt_filter_results: PROMPT_FILTER })}\n\n`,
    );
    for (const delta of deltas) {
      const choice = { index: 0, delta, finish_reason: null, logprobs: null };
      reply.write(event([{ ...choice, content_filter_results: FILTER_RESULTS }], null));
    }
    const last = { index: 0, delta: {}, finish_reason: finishReason, logprobs: null };
    reply.write(event([{ ...last, content_filter_results: {} }], null));
    if (includesUsage) reply.write(event([], USAGE));
    reply.end("data: [DONE]\n\n");
  };
}

/** Vectors that tell which input they are of: `[index, dimension, dimension]`, in the encoding asked for. */
export const vectors: Script = (reply, call) => {
  const inputs: unknown[] =
    Array.isArray(call.body.input) && typeof call.body.input[0] !== "number"
      ? call.body.input
      : [call.body.input];
  const dimensions: number = call.body.dimensions ?? 3;
  const data = inputs.map((_input, index) => {
    const vector = Float32Array.from({ length: dimensions }, (_, place) => index + place / 4);
    const isBase64 = call.body.encoding_format === "base64";
    const embedding = isBase64 ? Buffer.from(vector.buffer).toString("base64") : [...vector];
    return { object: "embedding", index, embedding };
  });
  const usage = { prompt_tokens: 5, total_tokens: 5 };
  jsonReply({ object: "list", model: "text-embedding-3-small", data, usage })(reply, call);
};
