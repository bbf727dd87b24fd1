import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";

import { createSseDecoder } from "../../src/protocol/sse.ts";
import type { Script } from "./support/model-replies.ts";
import { CHAT, IMPATIENT, KEY, storeOf, useStand } from "./support/stand.ts";

const stand = useStand();
const QUESTION = "How much may the crane lift?";
let store = "";
beforeAll(async () => {
  store = await storeOf(stand, "rules.md", "# Rules\n\nThe crane may lift 42 tonnes.\n");
});

const chunk = (delta: object): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: CHAT, choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
const BEGINNING = chunk({ role: "assistant", content: "" }) + chunk({ content: "It may lift " });
const HEADERS = { "content-type": "text/event-stream" };

/** How a model's server can fail when half of its answer has gone to the client. */
const FAILURES: Record<string, Script> = {
  "resets the connection within an event": (reply) => {
    reply.writeHead(200, HEADERS);
    reply.write(`${BEGINNING}data: {"id":"c","cho`, () => reply.socket?.resetAndDestroy());
  },
  "closes the connection between two events": (reply) => {
    reply.writeHead(200, HEADERS);
    reply.write(BEGINNING, () => reply.destroy());
  },
  "goes on with a page of HTML": (reply) => {
    reply.writeHead(200, HEADERS);
    reply.end(`${BEGINNING}<html><body>502 Bad Gateway</body></html>\n`);
  },
  "goes on with half a JSON": (reply) => {
    reply.writeHead(200, HEADERS);
    reply.end(`${BEGINNING}data: {"id":"c","choi\n\n`);
  },
  "is throttled after its headers": (reply) => {
    const error = { code: "429", type: "too_many_requests", message: "Rate limit is exceeded." };
    reply.writeHead(200, HEADERS);
    reply.end(`${BEGINNING}data: ${JSON.stringify({ error })}\n\n`);
  },
  "falls silent": (reply) => {
    reply.writeHead(200, HEADERS);
    reply.write(BEGINNING);
  },
  "ends its answer without finishing it": (reply) => {
    reply.writeHead(200, HEADERS);
    reply.end(BEGINNING);
  },
};

const grounding = (): object => ({
  data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
});
const KINDS: [string, () => object][] = [
  ["a plain stream", () => ({})],
  ["a grounded stream", grounding],
];

describe.each(KINDS)("when the model fails within %s", (_kind, more) => {
  const request = () => ({
    model: IMPATIENT,
    messages: [{ role: "user" as const, content: QUESTION }],
    ...more(),
  });

  it.each(Object.entries(FAILURES))(
    "and %s, the client gets one error event and the end of the stream",
    async (_failure, script) => {
      stand.model.next(script);
      const response = await stand.recorder.fetchOf("plain HTTP")(
        `${stand.server.url}/openai/v1/chat/completions`,
        {
          method: "POST",
          headers: { "content-type": "application/json", "api-key": KEY },
          body: JSON.stringify({ ...request(), stream: true }),
        },
      );
      expect(response.status).toBe(200);
      const decoder = createSseDecoder();
      // Reading to the end is half of the proof: the stream is closed.
      const bytes = new Uint8Array(await response.arrayBuffer());
      const events = [...decoder.push(bytes), ...decoder.end()].map(({ data }) => JSON.parse(data));
      expect(events.filter((event) => "error" in event)).toHaveLength(1);
      expect(events.at(-1).error).toMatchObject({ message: expect.stringMatching(/\w/u) });
    },
  );

  it.each(Object.entries(FAILURES))(
    "and %s, the official client raises an APIError",
    async (_failure, script) => {
      const client = new OpenAI({ baseURL: `${stand.server.url}/openai/v1`, apiKey: KEY });
      stand.model.next(script);
      const stream = await client.chat.completions.create({ ...request(), stream: true });
      const read = async (): Promise<void> => {
        for await (const piece of stream) expect(piece.object).toMatch(/chunk$/u);
      };
      await expect(read()).rejects.toThrow(OpenAI.APIError);
    },
  );
});
