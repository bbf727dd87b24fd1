import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { countTokens } from "../src/ingest/tokens.ts";
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  streamOf,
} from "../src/testing/scripted-upstream.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const HANDBOOK = `# Leave policy

Full-time employees get 27 days of annual leave a year.

Trainees get 25 days of annual leave a year.
`;
const PARKING = `# Parking

A place costs 20 euros a month and is paid by the employee.
`;

let upstream: ScriptedUpstream;
let server: TestServer;
let store: string;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  const config = join(await mkdtemp(join(tmpdir(), "groundwire-config-")), "groundwire.yaml");
  const at = `upstreams: [{ type: openai, base_url: "${upstream.baseUrl}" }], retries: 0`;
  await writeFile(
    config,
    `deployments:
  o1: { ${at} }
  gpt-4o: { ${at} }
  extractive: {}
answering: { rewriting: { seconds: 0.5 } }
`,
  );
  server = await startTestServer({
    GROUNDWIRE_CONFIG: config,
    GROUNDWIRE_API_KEYS: "acme:key-a,globex:key-b",
  });
  const store1 = await server.call("POST", "/openai/v1/vector_stores", {}, { "api-key": "key-a" });
  store = store1.json.id;
  for (const [name, text] of Object.entries({ "handbook.md": HANDBOOK, "parking.md": PARKING })) {
    const form = new FormData();
    form.set("purpose", "assistants");
    form.set("file", new File([text], name));
    const headers = { "api-key": "key-a" };
    const uploaded = await fetch(`${server.url}/openai/v1/files`, {
      method: "POST",
      body: form,
      headers,
    });
    const { id } = (await uploaded.json()) as { id: string };
    await server.call("POST", `/openai/v1/vector_stores/${store}/files`, { file_id: id }, headers);
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});
beforeEach(() => void upstream.calls.splice(0));

/** Different in every test: what was rewritten once is remembered. */
let subject = 0;
const conversation = (question: string) => [
  { role: "user", content: `How many days of annual leave do employees get? (${++subject})` },
  { role: "assistant", content: "27 days [doc1].", context: { citations: [], intent: "[]" } },
  { role: "user", content: question },
];

const ask = (more: object = {}, parameters: object = {}) =>
  server.call(
    "POST",
    "/openai/v1/chat/completions",
    {
      model: "o1",
      messages: conversation("And for trainees?"),
      data_sources: [
        { type: "file_search", parameters: { vector_store_id: store, ...parameters } },
      ],
      ...more,
    },
    { "api-key": "key-a", "x-groundwire-trace": "1" },
  );
const queriesWritten = '["annual leave of trainees", "holidays of apprentices"]';
const traceOf = ({ json }: { json: any }) => json.choices[0].message.x_groundwire.trace;

describe("a follow-up with a model", () => {
  it("is searched with the queries it writes, which are the intent", async () => {
    upstream.next(streamOf([queriesWritten]));
    upstream.next(streamOf(["25 days [doc1]."]));
    const answered = await ask();
    const { message } = answered.json.choices[0];
    expect(message.content).toBe("25 days [doc1].");
    expect(message.context.intent).toBe('["annual leave of trainees", "holidays of apprentices"]');
    expect(traceOf(answered)).toMatchObject({
      rewriting: { made_by: "model", deployment: "o1", is_remembered: false, reason: null },
      queries: [{ made_by: "model" }, { made_by: "model" }],
      calls: [{ purpose: "rewrite" }, { purpose: "answer" }],
    });
  });

  it("counts what both calls used", async () => {
    upstream.next(streamOf([queriesWritten]));
    upstream.next(streamOf(["25 days [doc1]."]));
    const { json } = await ask();
    expect(json.usage).toEqual({ prompt_tokens: 22, completion_tokens: 14, total_tokens: 36 });
  });

  it("asks with little effort, room to think, and without anything of the answer's", async () => {
    upstream.next(streamOf([queriesWritten]));
    upstream.next(streamOf(["25 days [doc1]."]));
    await ask(
      { temperature: 0.7, reasoning_effort: "medium" },
      { role_information: "Be a pirate." },
    );
    const { body } = upstream.calls[0] ?? {};
    expect(body).toMatchObject({
      model: "o1",
      reasoning_effort: "low",
      max_completion_tokens: 4000,
    });
    for (const absent of ["temperature", "tools", "data_sources"])
      expect(body).not.toHaveProperty(absent);
    expect(body.messages.map(({ role }: { role: string }) => role)).toEqual(["developer", "user"]);
    expect(JSON.stringify(body)).not.toContain("pirate");
    expect(body.messages[1].content).toContain("user: And for trainees?");
    expect(body.messages[1].content).not.toContain("[doc1]");
  });

  it("asks a model that does not reason for less, at temperature 0", async () => {
    upstream.next(streamOf([queriesWritten]));
    upstream.next(streamOf(["25 days [doc1]."]));
    await ask({ model: "gpt-4o" });
    const { body } = upstream.calls[0] ?? {};
    expect(body).toMatchObject({ max_tokens: 1000, temperature: 0 });
    expect(body).not.toHaveProperty("reasoning_effort");
  });

  it("gives it history and question in 2,000 tokens at most, newest first", async () => {
    upstream.next(streamOf([queriesWritten]));
    upstream.next(streamOf(["25 days [doc1]."]));
    const turns = Array.from({ length: 60 }, (_, index) => ({
      role: index % 2 === 0 ? "user" : "assistant",
      content: `Turn ${index} ${"about leave and parking ".repeat(20)}`,
    }));
    await ask({ messages: [...turns, { role: "user", content: "And for trainees?" }] });
    const asked: string = upstream.calls[0]?.body.messages[1].content;
    expect(countTokens(asked)).toBeLessThan(2_020);
    expect(asked).toContain("Turn 59");
    expect(asked).not.toContain("Turn 1 ");
    expect(asked).toContain("And for trainees?");
  });

  it("writes one query only at low effort, and no more than max_search_queries", async () => {
    for (const [more, parameters] of [
      [{ reasoning_effort: "low" }, {}],
      [{}, { max_search_queries: 1 }],
    ]) {
      upstream.next(streamOf([queriesWritten]));
      upstream.next(streamOf(["25 days [doc1]."]));
      const { json } = await ask(more, parameters);
      expect(json.choices[0].message.context.intent).toBe('["annual leave of trainees"]');
    }
  });

  it("asks once for the same conversation, of each tenant", async () => {
    const messages = conversation("And for trainees?");
    upstream.next(streamOf([queriesWritten]));
    upstream.next(streamOf(["25 days [doc1]."]));
    await ask({ messages });
    upstream.next(streamOf(["25 days [doc1]."]));
    const again = await ask({ messages });
    expect(traceOf(again).rewriting).toMatchObject({ made_by: "model", is_remembered: true });
    expect(again.json.usage).toMatchObject({ total_tokens: 18 });
    expect(upstream.calls).toHaveLength(3);

    const theirs = await server.call(
      "POST",
      "/openai/v1/vector_stores",
      {},
      { "api-key": "key-b" },
    );
    upstream.next(streamOf([queriesWritten]));
    await server.call(
      "POST",
      "/openai/v1/chat/completions",
      {
        model: "o1",
        messages,
        data_sources: [{ type: "file_search", parameters: { vector_store_id: theirs.json.id } }],
      },
      { "api-key": "key-b" },
    );
    expect(upstream.calls).toHaveLength(4);
  });
});

describe("when the model writes no queries, the rules do, and the question is answered", () => {
  it.each([
    ["it fails", (reply: any) => reply.writeHead(500).end("{}")],
    ["it refuses", (reply: any) => reply.writeHead(400).end('{"error":{"message":"no"}}')],
    ["it is throttled", (reply: any) => reply.writeHead(429, { "retry-after": "60" }).end("{}")],
    [
      "it breaks off",
      (reply: any) =>
        reply
          .writeHead(200, { "content-type": "text/event-stream" })
          .write("data: {", () => reply.destroy()),
    ],
    ["it writes about something else", streamOf(["Sorry, no."])],
    ["it writes nothing", streamOf([""])],
    ["it does not answer in time", () => {}],
  ])("because %s", async (_why, script) => {
    upstream.next(script);
    upstream.next(streamOf(["25 days [doc1]."]));
    const answered = await ask();
    expect(answered.status).toBe(200);
    expect(answered.json.choices[0].message.content).toBe("25 days [doc1].");
    expect(answered.json.choices[0].message.context.intent).toMatch(
      /^\["days annual leave employees .*And for trainees\?"\]$/u,
    );
    expect(traceOf(answered).rewriting).toMatchObject({
      made_by: "rules",
      deployment: "o1",
      reason: expect.any(String),
    });
    expect(answered.headers.get("x-groundwire-warnings")).toContain(
      "queries written without the model",
    );
  });
});

describe("no model is asked", () => {
  const plain = [{ role: "user", content: "How many days of annual leave do trainees get?" }];

  it("to rewrite a plain question that begins a conversation", async () => {
    upstream.next(streamOf(["25 days [doc1]."]));
    const { json } = await ask({ messages: plain });
    expect(upstream.calls).toHaveLength(1);
    expect(json.choices[0].message.context.intent).toBe(
      '["How many days of annual leave do trainees get?"]',
    );
  });

  it("where there is none: the built-in answerer resolves follow-ups by itself", async () => {
    const answered = await ask({ model: "extractive" });
    expect(answered.json.choices[0].message.content).toContain("Trainees get 25 days");
    expect(traceOf(answered).rewriting).toMatchObject({ made_by: "rules", deployment: null });
  });
});

describe("a model is asked", () => {
  it("for a message of several questions, and for a plain one when the search is deep", async () => {
    for (const more of [
      {
        messages: [{ role: "user", content: "Who pays for parking, and how much leave is there?" }],
      },
      {
        messages: [{ role: "user", content: "How many days of annual leave do trainees get?" }],
        reasoning_effort: "high",
      },
    ]) {
      upstream.next(streamOf(['["parking", "annual leave"]']));
      upstream.next(streamOf(["25 days [doc1]."]));
      expect(traceOf(await ask(more)).rewriting.made_by).toBe("model");
    }
  });
});

describe("a deep search", () => {
  const written = '["annual leave of trainees and monthly euros"]';

  it("looks a second time for what its passages lack, in words of the model", async () => {
    upstream.next(streamOf([written]));
    upstream.next(streamOf(['["cost of a parking place"]']));
    upstream.next(streamOf(["25 days [doc1]."]));
    const answered = await ask({ reasoning_effort: "high" }, { top_n_documents: 1 });
    expect(traceOf(answered)).toMatchObject({
      depth: { rounds: 2, coverage: 0.6 },
      queries: [
        { text: "annual leave of trainees and monthly euros", made_by: "model", round: 1 },
        { text: "cost of a parking place", made_by: "model", round: 2 },
      ],
    });
    expect(answered.json.choices[0].message.context.intent).toBe(
      '["annual leave of trainees and monthly euros", "cost of a parking place"]',
    );
    const asked: string = upstream.calls[1]?.body.messages[1].content;
    expect(asked).toContain("Full-time employees get 27 days");
    expect(answered.json.usage.total_tokens).toBe(3 * 18);
  });

  it("looks for the missing words themselves when the model fails", async () => {
    upstream.next(streamOf([written]));
    upstream.next((reply) => reply.writeHead(500).end("{}"));
    upstream.next(streamOf(["25 days [doc1]."]));
    const answered = await ask({ reasoning_effort: "high" }, { top_n_documents: 1 });
    expect(traceOf(answered).queries[1]).toEqual({
      text: "monthly euros",
      made_by: "rules",
      round: 2,
    });
  });
});
