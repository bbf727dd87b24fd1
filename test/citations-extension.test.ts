import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  type ScriptedUpstream,
  startScriptedUpstream,
  streamOf,
} from "../src/testing/scripted-upstream.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const HANDBOOK = `# Leave policy

## Annual leave

Full-time employees get 27 days of annual leave a year. Leave must be requested two weeks ahead.
`;
const ANSWER = "You get 27 days of annual leave a year [doc1]. Requests need 3 weeks [doc1].";

let upstream: ScriptedUpstream;
let server: TestServer;
let store: string;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  server = await startTestServer({ OPENAI_BASE_URL: upstream.baseUrl });
  store = await server.storeOf({ "handbook.md": HANDBOOK });
});
afterAll(async () => {
  for (const open of [server, upstream]) await open[Symbol.asyncDispose]();
});

const ask = async (headers: Record<string, string>, more: object = {}) => {
  upstream.next(streamOf([ANSWER]));
  return server.call(
    "POST",
    "/openai/v1/chat/completions",
    {
      model: "gpt-4o",
      messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
      ...more,
    },
    headers,
  );
};
const EXTENSIONS = { "x-groundwire-extensions": "1" };

describe("with x-groundwire-extensions", () => {
  it("a citation tells its file, page, headings, place and the passage that was found", async () => {
    const { json } = await ask(EXTENSIONS);
    const [citation] = json.choices[0].message.context.citations;
    const { matched, anchor, ...more } = citation.x_groundwire;
    expect(more).toEqual({
      file_id: expect.stringMatching(/^file-/u),
      page: null,
      heading_path: ["Leave policy", "Annual leave"],
      relevance: expect.any(Number),
    });
    expect(citation.content.slice(matched.start, matched.end)).toContain("27 days");
    expect(anchor).toMatchObject({ kind: "view", quote: expect.any(String) });
  });

  it("everything that was found tells the same", async () => {
    const parameters = { vector_store_id: store, include_contexts: ["all_retrieved_documents"] };
    const { json } = await ask(EXTENSIONS, { data_sources: [{ type: "file_search", parameters }] });
    const [found] = json.choices[0].message.context.all_retrieved_documents;
    expect(found.x_groundwire).toMatchObject({
      file_id: expect.any(String),
      anchor: { kind: "view" },
    });
  });

  it("the message tells what supports each sentence, and flags what nothing supports", async () => {
    const { json } = await ask(EXTENSIONS);
    const { content, context, x_groundwire: extension } = json.choices[0].message;
    const [first, second] = extension.sentences;
    expect(content.slice(first.start, first.end)).toBe(
      "You get 27 days of annual leave a year [doc1].",
    );
    expect(first).toMatchObject({ citations: [1], is_supported: true, unknown_numbers: [] });
    const [quote] = first.quotes;
    expect(context.citations[0].content.slice(quote.start, quote.end)).toBe(
      "Full-time employees get 27 days of annual leave a year.",
    );
    expect(second).toMatchObject({ is_supported: false, unknown_numbers: ["3"] });
    expect(extension).not.toHaveProperty("trace");
  });

  it("a stream has citations with it at its beginning, sentences in its last delta", async () => {
    const { text } = await ask(EXTENSIONS, { stream: true });
    const chunks = text
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"))
      .map((event) => JSON.parse(event.slice(6)).choices[0]);
    expect(chunks[0].delta.context.citations[0].x_groundwire.file_id).toMatch(/^file-/u);
    expect(chunks.at(-1).delta.x_groundwire.sentences).toHaveLength(2);
    expect(text.match(/"sentences"/gu)).toHaveLength(1);
  });

  it("a trace brings it along", async () => {
    const { json } = await ask({ "x-groundwire-trace": "1" });
    expect(Object.keys(json.choices[0].message.x_groundwire)).toEqual(["sentences", "trace"]);
  });

  it("official clients read answers and streams as ever", async () => {
    const client = new OpenAI({
      baseURL: `${server.url}/openai/v1`,
      apiKey: "any",
      defaultHeaders: { ...EXTENSIONS, "x-groundwire-trace": "1" },
      maxRetries: 0,
    });
    const request = {
      model: "gpt-4o",
      messages: [
        { role: "user" as const, content: "How many days of annual leave do employees get?" },
      ],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
    };
    upstream.next(streamOf([ANSWER]));
    const whole = await client.chat.completions.create(request);
    expect(whole.choices[0]?.message.content).toBe(ANSWER);
    upstream.next(streamOf([ANSWER]));
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    expect(streamed.choices[0]?.message).toMatchObject({
      content: ANSWER,
      x_groundwire: { sentences: expect.any(Array), trace: expect.any(Object) },
    });
  });
});

it("without it nothing of it is told", async () => {
  for (const stream of [true, false])
    expect((await ask({}, { stream })).text).not.toContain("x_groundwire");
});
