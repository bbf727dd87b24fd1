import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { REFUSAL } from "../src/answer/refuse.ts";
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  streamOf,
} from "../src/testing/scripted-upstream.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const HANDBOOK = `# Leave policy

Full-time employees get 27 days of annual leave a year. Leave must be requested two weeks ahead.
`;
const INVENTED =
  "Paris has been the capital of France since the Middle Ages and has about two million inhabitants.";

let upstream: ScriptedUpstream;
let server: TestServer;
let lenient: TestServer;
let stores: Map<TestServer, string>;
const startWith = async (answering: string): Promise<TestServer> => {
  const path = join(await mkdtemp(join(tmpdir(), "groundwire-config-")), "groundwire.yaml");
  await writeFile(
    path,
    `deployments: { m: { retries: 0, upstreams: [{ type: openai, base_url: "${upstream.baseUrl}" }] }, none: {} }
answering: ${answering}
`,
  );
  return startTestServer({ GROUNDWIRE_CONFIG: path });
};
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  server = await startWith("{}");
  lenient = await startWith(
    '{ refuse_unsupported: false, refusal: { en: "Ask the front desk.", de: "Bitte fragen Sie am Empfang." } }',
  );
  stores = new Map();
  for (const each of [server, lenient])
    stores.set(each, await each.storeOf({ "handbook.md": HANDBOOK }));
});
afterAll(async () => {
  for (const open of [server, lenient, upstream]) await open[Symbol.asyncDispose]();
});

const request = (more: object = {}, { on = server, parameters = {} } = {}) => ({
  model: "m",
  messages: [
    { role: "user", content: "How many days of annual leave do full-time employees get?" },
  ],
  data_sources: [
    { type: "file_search", parameters: { vector_store_id: stores.get(on), ...parameters } },
  ],
  ...more,
});
const ask = (more: object = {}, given: { on?: TestServer; parameters?: object } = {}) =>
  (given.on ?? server).call("POST", "/openai/v1/chat/completions", request(more, given), {
    "x-groundwire-trace": "1",
  });
const messageOf = ({ json }: { json: any }) => json.choices[0].message;
const traceOf = (answered: { json: any }) => messageOf(answered).x_groundwire.trace;

describe("an answer in scope that the passages do not support", () => {
  it("becomes the refusal, without citations", async () => {
    upstream.next(streamOf([INVENTED]));
    const answered = await ask();
    expect(messageOf(answered)).toMatchObject({ content: REFUSAL, context: { citations: [] } });
    expect(answered.json.choices[0].finish_reason).toBe("stop");
    expect(answered.text).not.toContain("Paris");
    expect(traceOf(answered).refusal).toEqual({ why: "unsupported", support: expect.any(Number) });
    expect(answered.json.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 7 });
  });

  it("becomes the refusal in a stream, of which nothing else was shown", async () => {
    upstream.next(streamOf(INVENTED.split(/(?<= )/u)));
    const { text } = await ask({ stream: true });
    const content = text
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"))
      .map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? "")
      .join("");
    expect(content).toBe(REFUSAL);
  });

  it("is not waited for to its end: the model is stopped, and what it used is counted here", async () => {
    const closed = Promise.withResolvers<void>();
    upstream.next((reply) => {
      reply.on("close", () => closed.resolve());
      reply.writeHead(200, { "content-type": "text/event-stream" });
      for (let count = 0; count < 20; count++) {
        reply.write(`data: ${JSON.stringify({ choices: [{ delta: { content: INVENTED } }] })}\n\n`);
      }
    });
    const answered = await ask();
    await closed.promise;
    expect(messageOf(answered).content).toBe(REFUSAL);
    expect(answered.json.usage.completion_tokens).toBeGreaterThan(50);
    expect(answered.json.usage.prompt_tokens).toBeGreaterThan(100);
  });
});

describe("an answer stays", () => {
  it.each([
    ["that names a document", "It is as France has it: Paris [doc1]."],
    [
      "whose words are those of the passages",
      "You get 27 days, and leave must be requested two weeks ahead.",
    ],
    ["too short to judge", "27 days."],
  ])("%s", async (_why, text) => {
    upstream.next(streamOf([text]));
    expect(messageOf(await ask()).content).toBe(text);
  });

  it.each([
    ["out of scope", {}, { in_scope: false }],
    [
      "with function tools beside it",
      { tools: [{ type: "function", function: { name: "f" } }] },
      {},
    ],
    ["in a format for machines", { response_format: { type: "json_object" } }, {}],
    [
      "that rests on the result of a tool",
      {
        messages: [
          { role: "user", content: "How many days of annual leave do full-time employees get?" },
          { role: "tool", tool_call_id: "c", name: "f", content: "Paris" },
        ],
      },
      {},
    ],
  ])("%s", async (_why, more, parameters) => {
    upstream.next(streamOf([INVENTED]));
    expect(messageOf(await ask(more, { parameters })).content).toBe(INVENTED);
  });

  it("where the server says so", async () => {
    upstream.next(streamOf([INVENTED]));
    expect(messageOf(await ask({}, { on: lenient })).content).toBe(INVENTED);
  });

  it("live: a stream goes on as soon as a document is named", async () => {
    const released = Promise.withResolvers<void>();
    upstream.next((reply) => {
      const say = (content: string): void =>
        void reply.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
      reply.writeHead(200, { "content-type": "text/event-stream" });
      say("27 days [doc1]. ");
      say("And");
      void released.promise.then(() => {
        reply.end(
          'data: {"choices":[{"delta":{"content":" so on."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        );
      });
    });
    const response = await fetch(`${server.url}/openai/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request({ stream: true })),
    });
    let text = "";
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString("utf8");
      if (text.includes("27 days [doc1].")) released.resolve();
    }
    expect(text).toContain("so on.");
  });
});

describe("a model that refuses by itself", () => {
  it("by naming no document keeps its own words, without that marker", async () => {
    upstream.next(streamOf(["[do", "c0] Dazu steht nichts in den Dokumenten."]));
    const answered = await ask();
    expect(messageOf(answered)).toMatchObject({
      content: "Dazu steht nichts in den Dokumenten.",
      context: { citations: [] },
    });
    expect(traceOf(answered).refusal.why).toBe("model");
  });

  it("is told how", async () => {
    upstream.calls.splice(0);
    upstream.next(streamOf([REFUSAL]));
    expect(messageOf(await ask()).content).toBe(REFUSAL);
    expect(upstream.calls[0]?.body.messages[0].content).toContain(
      `reply with [doc0] and exactly this sentence, translated into the language of the question: ${REFUSAL}`,
    );
  });
});

describe("the words of a refusal", () => {
  const nothing = (content: string) => ({ model: "none", messages: [{ role: "user", content }] });

  it("are the service's, and near misses are told at the strictness that made them", async () => {
    const asked = nothing("How many days of annual leave do trainees in Lisbon get?");
    const told = [];
    for (const strictness of [1, 2, 3, 4, 5]) {
      const answered = await ask(asked, { parameters: { strictness } });
      expect(messageOf(answered).content).toBe(REFUSAL);
      const warning = answered.headers.get("x-groundwire-warnings");
      if (warning !== null) told.push([warning, traceOf(answered).refusal.why, strictness]);
    }
    const [, , at] = told[0] ?? [];
    expect(told).toEqual([[`1 passage just below strictness ${at}`, "nothing_found", at]]);
  });

  it("are the operator's, by language where there are several", async () => {
    const english = await ask(nothing("What is the boiling point of tungsten?"), { on: lenient });
    expect(messageOf(english).content).toBe("Ask the front desk.");
    const german = await ask(nothing("Was ist der Siedepunkt von Wolfram und wie hoch ist er?"), {
      on: lenient,
    });
    expect(messageOf(german).content).toBe("Bitte fragen Sie am Empfang.");
    const french = await ask(
      nothing("Quel est le point d'ébullition du tungstène dans le vide ?"),
      { on: lenient },
    );
    expect(messageOf(french).content).toBe("Ask the front desk.");
  });
});
