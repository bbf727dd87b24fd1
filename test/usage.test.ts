import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  startScriptedUpstream,
  type ScriptedUpstream,
  streamOf,
} from "../src/testing/scripted-upstream.ts";
import { streamedText } from "./conformance/support/model-replies.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

let upstream: ScriptedUpstream;
let server: TestServer;
let folder: string;
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  folder = await mkdtemp(join(tmpdir(), "groundwire-usage-"));
  await writeFile(
    join(folder, "groundwire.yaml"),
    `
deployments:
  o1:
    upstreams: [{ type: openai, base_url: "${upstream.baseUrl}" }]
    price: { input_per_million: 1000, cached_input_per_million: 500, output_per_million: 4000 }
  free: { upstreams: [{ type: openai, base_url: "${upstream.baseUrl}" }] }
keys:
  - { name: web, tenant: acme, key: web-key, budget: { amount: 1, per: day } }
  - { name: app, tenant: acme, key: app-key, budget: { tokens: 100 } }
  - { name: boss, tenant: acme, key: boss-key, scopes: [chat, files, admin] }
`,
  );
  server = await start();
});
const start = (): Promise<TestServer> =>
  startTestServer(
    { GROUNDWIRE_CONFIG: join(folder, "groundwire.yaml"), GROUNDWIRE_DATA_DIR: folder },
    { samples: true },
  );
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
  await upstream[Symbol.asyncDispose]();
});

const USAGE = {
  prompt_tokens: 100,
  completion_tokens: 50,
  total_tokens: 150,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 30 },
};
/** 60 and 40 cached tokens in, 50 out. */
const COST = 0.06 + 0.02 + 0.2;

function answerOnce(): void {
  upstream.next((reply) => {
    reply.writeHead(200, { "content-type": "application/json" });
    const message = { role: "assistant", content: "Twenty-seven days [doc1]." };
    const choices = [{ index: 0, finish_reason: "stop", message }];
    reply.end(
      JSON.stringify({ id: "x", object: "chat.completion", model: "o1", choices, usage: USAGE }),
    );
  });
}

const client = (key: string): OpenAI =>
  new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: key });
const ask = (key: string, model = "o1"): Promise<unknown> =>
  client(key).chat.completions.create({ model, messages: [{ role: "user", content: "hi" }] });
async function usageSeenBy(key: string, query = ""): Promise<any> {
  return (await server.call("GET", `/groundwire/usage${query}`, undefined, { "api-key": key }))
    .json;
}

describe("usage", () => {
  it("is told by day, key and deployment, with its cost", async () => {
    answerOnce();
    await ask("web-key");
    answerOnce();
    await ask("boss-key", "free");
    const today = new Date().toISOString().slice(0, 10);
    expect(await usageSeenBy("boss-key")).toMatchObject({
      object: "list",
      to: today,
      data: [
        { day: today, tenant: "acme", key: "boss", deployment: "free", cost: 0, currency: null },
        {
          object: "groundwire.usage",
          day: today,
          tenant: "acme",
          key: "web",
          deployment: "o1",
          currency: "USD",
          requests: 1,
          prompt_tokens: 100,
          cached_tokens: 40,
          completion_tokens: 50,
          reasoning_tokens: 30,
          total_tokens: 150,
          cost: COST,
        },
      ],
      budget: null,
    });
  });

  it("is summed for a kept conversation, as its prices were", async () => {
    const call = (method: string, path: string, body?: object): Promise<any> =>
      server.call(method, path, body, { "api-key": "boss-key" });
    const { id } = (await call("POST", "/groundwire/conversations", {})).json;
    const say = (model: string): Promise<any> => {
      upstream.next(streamedText(["Hello."]));
      const messages = [{ role: "user", content: "hi" }];
      const body = { model, conversation_id: id, messages };
      return call("POST", "/openai/v1/chat/completions", body);
    };
    await say("o1");
    await say("o1");
    await say("free");
    const kept = (await call("GET", `/groundwire/conversations/${id}`)).json;
    // 20 tokens in and 9 out for each answer.
    expect(kept.usage).toEqual({
      answers: 3,
      prompt_tokens: 60,
      completion_tokens: 27,
      total_tokens: 87,
      cost: expect.closeTo(2 * (0.02 + 0.036)),
      currency: "USD",
    });
    const costs = kept.messages.flatMap(({ answer }: any) => (answer ? [answer.cost] : []));
    expect(costs).toEqual([expect.closeTo(0.056), expect.closeTo(0.056), null]);
  });

  it("counts what was asked of models on the way to an answer", async () => {
    upstream.next(streamedText(['["annual leave of part-time employees"]']));
    upstream.next(streamedText(["13.5 days [doc1]."]));
    const reply = await server.call(
      "POST",
      "/openai/v1/chat/completions",
      {
        model: "free",
        messages: [
          { role: "user", content: "How many days of annual leave do full-time employees get?" },
          { role: "assistant", content: "27 days." },
          { role: "user", content: "And for part-timers?" },
        ],
        data_sources: [
          { type: "file_search", parameters: { vector_store_id: "vs_samplehandbook" } },
        ],
      },
      { "api-key": "boss-key" },
    );
    expect(reply.json.usage.total_tokens).toBe(58);
    expect((await usageSeenBy("boss-key")).data[0]).toMatchObject({
      requests: 1,
      total_tokens: 58,
    });
  });

  it("counts streams, and answers from documents, like whole answers", async () => {
    upstream.next(streamOf(["Hi"]));
    const stream = await client("web-key").chat.completions.create({
      model: "o1",
      messages: [{ role: "user", content: "hi" }],
      stream: true,
    });
    for await (const chunk of stream) expect(chunk.object).toBe("chat.completion.chunk");
    answerOnce();
    const grounded = await server.call(
      "POST",
      "/openai/v1/chat/completions",
      {
        model: "o1",
        messages: [{ role: "user", content: "How many days of annual leave?" }],
        data_sources: [
          { type: "file_search", parameters: { vector_store_id: "vs_samplehandbook" } },
        ],
      },
      { "api-key": "web-key" },
    );
    expect(grounded.status).toBe(200);
    const { data } = await usageSeenBy("web-key", "?group_by=deployment");
    expect(data).toMatchObject([
      { deployment: "o1", requests: 2, prompt_tokens: 11 + 100, completion_tokens: 7 + 50 },
    ]);
    expect(data[0].day).toBeUndefined();
  });

  it("of other keys is seen by operators only", async () => {
    answerOnce();
    await ask("boss-key");
    expect((await usageSeenBy("web-key")).data).toEqual([]);
    expect((await usageSeenBy("web-key", "?key=boss&tenant=acme")).data).toEqual([]);
    expect((await usageSeenBy("boss-key", "?key=boss")).data).toHaveLength(1);
  });

  it("survives the end of the server", async () => {
    answerOnce();
    await ask("web-key");
    await server[Symbol.asyncDispose]();
    server = await start();
    expect((await usageSeenBy("boss-key")).data).toMatchObject([{ key: "web", requests: 1 }]);
  });

  it.each([
    ["?from=2026-02-30", "from"],
    ["?from=2026-11-02&to=2026-11-01", "from"],
    ["?group_by=day,mood", "group_by"],
  ])("%s is refused by name", async (query, param) => {
    expect((await usageSeenBy("boss-key", query)).error).toMatchObject({
      type: "invalid_request_error",
      param: expect.stringContaining(param),
    });
  });
});

describe("a budget", () => {
  it("of money ends in a clear refusal that clients do not try again", async () => {
    for (let index = 0; index < 4; index++) {
      answerOnce();
      await ask("web-key");
    }
    const refused = ask("web-key");
    await expect(refused).rejects.toMatchObject({
      status: 429,
      code: "insufficient_quota",
      message: expect.stringMatching(
        /The budget of the key 'web' is used up: 1 USD a day\. It begins anew on \d{4}-\d\d-\d\d \(UTC\)/u,
      ),
    });
    expect(upstream.calls).toHaveLength(4);
    expect((await usageSeenBy("web-key")).budget).toMatchObject({
      amount: 1,
      tokens: null,
      per: "day",
      currency: "USD",
      used: { cost: 4 * COST, tokens: 600 },
    });
  });

  it("of tokens counts deployments without a price too, and other keys go on", async () => {
    answerOnce();
    await ask("app-key", "free");
    await expect(ask("app-key", "free")).rejects.toMatchObject({ status: 429 });
    answerOnce();
    await expect(ask("boss-key", "free")).resolves.toMatchObject({ object: "chat.completion" });
  });

  it("can be given to a key that is made while the server runs", async () => {
    const made = await server.call(
      "POST",
      "/groundwire/keys",
      { name: "trial", budget: { tokens: 10, per: "day" } },
      { "api-key": "boss-key" },
    );
    expect(made.json).toMatchObject({ budget: { amount: null, tokens: 10, per: "day" } });
    answerOnce();
    await ask(made.json.key);
    await expect(ask(made.json.key)).rejects.toMatchObject({ code: "insufficient_quota" });
    const empty = await server.call(
      "POST",
      "/groundwire/keys",
      { name: "none", budget: {} },
      { "api-key": "boss-key" },
    );
    expect([empty.status, empty.json.error.param]).toEqual([400, "budget"]);
  });
});
