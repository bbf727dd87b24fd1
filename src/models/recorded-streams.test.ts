import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createDeployments } from "./create-deployments.ts";
import type { Deployments } from "./deployments.ts";
import type { ModelEvent } from "./model.ts";

/** Streams as servers of several makes write them, short. */
const STREAMS: Record<string, { stream: string; events: ModelEvent[] }> = {
  "Azure, with filters about the prompt and after the fact": {
    stream: [
      '{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}',
      '{"choices":[{"delta":{"content":"","role":"assistant"},"finish_reason":null,"index":0}],"id":"c","model":"gpt-4o"}',
      '{"choices":[{"delta":{"content":"Grün 👋"},"finish_reason":null,"index":0,"content_filter_results":{}}],"id":"c","model":"gpt-4o"}',
      '{"choices":[{"content_filter_offsets":{"check_offset":1},"content_filter_results":{},"finish_reason":null,"index":0}],"id":"","model":"","object":""}',
      '{"choices":[{"delta":{},"finish_reason":"stop","index":0}],"id":"c","model":"gpt-4o"}',
    ]
      .map((data) => `data: ${data}\n\n`)
      .join("")
      .concat("data: [DONE]\n\n"),
    events: [
      { type: "text-delta", text: "Grün 👋" },
      { type: "finish", reason: "stop", model: "gpt-4o" },
    ],
  },
  "tool calls in pieces, line ends of two characters, comments between": {
    stream: [
      ": OPENROUTER PROCESSING\r\n\r\n",
      'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}],"model":"m"}\r\n\r\n',
      'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"ü\\":"}}]}}],"model":"m"}\r\n\r\n: \r\n\r\n',
      'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":"tool_calls"}],"model":"m"}\r\n\r\n',
      "data: [DONE]\r\n\r\n",
    ].join(""),
    events: [
      { type: "tool-call-start", index: 0, id: "a", name: "f" },
      { type: "tool-call-delta", index: 0, argumentsText: '{"ü":' },
      { type: "tool-call-delta", index: 0, argumentsText: "1}" },
      { type: "finish", reason: "tool_calls", model: "m" },
    ],
  },
  "reasoning beside the text, usage at the end, no end marker and no last line end": {
    stream: [
      'data: {"choices":[{"delta":{"reasoning_content":"hm ö"}}],"model":"qwen3"}\n\n',
      'data:{"choices":[{"delta":{"reasoning":"so"}}],"model":"qwen3"}\n\n',
      'event: message\ndata: {"choices":[{"delta":{"content":"42"},"finish_reason":"stop"}],"model":"qwen3"}\n\n',
      'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}',
    ].join(""),
    events: [
      { type: "reasoning-delta", text: "hm ö" },
      { type: "reasoning-delta", text: "so" },
      { type: "text-delta", text: "42" },
      { type: "usage", usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
      { type: "finish", reason: "stop", model: "qwen3" },
    ],
  },
};

let server: Server;
let deployments: Deployments;
let pieces: Buffer[] = [];
beforeAll(async () => {
  server = createServer(async (request, reply) => {
    request.resume();
    reply.writeHead(200, { "content-type": "text/event-stream" });
    for (const piece of pieces) {
      if (piece.length > 0) reply.write(piece);
      await turn();
    }
    reply.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  deployments = createDeployments({
    deployments: {},
    upstream: { type: "openai", baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: null },
    embeddingDeployment: null,
  });
});
afterAll(async () => {
  await deployments.close();
  server.closeAllConnections();
  server.close();
});

async function read(): Promise<ModelEvent[]> {
  const deployment = deployments.resolve("m");
  if (deployment.kind !== "upstream") throw new Error("no upstream");
  const { signal } = new AbortController();
  const events: ModelEvent[] = [];
  for await (const event of deployment.model.generate({ messages: [], parameters: {} }, signal))
    events.push(event);
  return events;
}

describe.each(Object.entries(STREAMS))("%s", (_name, { stream, events }) => {
  test("is read the same wherever it is cut", { timeout: 60_000 }, async () => {
    const bytes = Buffer.from(stream);
    for (let cut = 0; cut <= bytes.length; cut++) {
      pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      expect(await read(), `cut at ${cut}`).toEqual(events);
    }
  });

  test("is read the same byte by byte", async () => {
    pieces = [...Buffer.from(stream)].map((byte) => Buffer.from([byte]));
    expect(await read()).toEqual(events);
  });
});
