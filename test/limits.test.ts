import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import OpenAI, { AzureOpenAI } from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  startScriptedUpstream,
  type ScriptedUpstream,
  streamOf,
} from "../src/testing/scripted-upstream.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

let upstream: ScriptedUpstream;
let server: TestServer;
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  const path = join(await mkdtemp(join(tmpdir(), "groundwire-config-")), "groundwire.yaml");
  await writeFile(
    path,
    `
deployments:
  o1:
    upstreams: [{ type: openai, base_url: "${upstream.baseUrl}" }]
    rate_limits: { tokens_per_minute: 1000 }
keys:
  - { name: slow, key: slow-key, rate_limits: { requests_per_minute: 2 } }
  - { name: fast, key: fast-key }
`,
  );
  server = await startTestServer({ GROUNDWIRE_CONFIG: path });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const PATH = "/openai/deployments/o1/chat/completions?api-version=2024-02-15-preview";
const ask = (key: string, more: object = {}) =>
  server.call(
    "POST",
    PATH,
    { messages: [{ role: "user", content: "hi" }], ...more },
    { "api-key": key },
  );
const answered = (total: number): void =>
  upstream.next((reply) => {
    reply.writeHead(200, { "content-type": "application/json" });
    const usage = { prompt_tokens: 1, completion_tokens: total - 1, total_tokens: total };
    reply.end(JSON.stringify({ id: "x", choices: [], usage }));
  });

describe("limits", () => {
  it("of a key end in the service's 429, with a time to wait, and leave other keys alone", async () => {
    for (let index = 0; index < 3; index++) answered(5);
    const first = await ask("slow-key");
    expect([first.status, first.headers.get("x-ratelimit-remaining-requests")]).toEqual([200, "1"]);
    await ask("slow-key");
    const third = await ask("slow-key");
    expect(third.status).toBe(429);
    expect(third.json.error.code).toBe("429");
    expect(third.json.error.message).toMatch(
      /^Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-15-preview have exceeded call rate limit of your current OpenAI S0 pricing tier\. Please retry after \d+ seconds\./u,
    );
    expect(third.headers.get("retry-after-ms")).toBe(`${third.headers.get("retry-after")}000`);
    expect((await ask("fast-key")).status).toBe(200);
  });

  it("of a deployment count the tokens that were really used, streamed or not", async () => {
    answered(5);
    const first = await ask("fast-key", { max_completion_tokens: 900 });
    expect(first.status).toBe(200);
    upstream.next(streamOf(["a", "b"]));
    const streamed = await ask("fast-key", { max_completion_tokens: 900, stream: true });
    expect(streamed.text).toContain("[DONE]");
    answered(990);
    expect((await ask("fast-key")).status).toBe(200);
    const refused = await ask("fast-key");
    expect(refused.json.error.message).toContain("exceeded token rate limit");
    expect(upstream.calls).toHaveLength(3);
  });

  it("are what official clients understand: a rate limit error that they retry by themselves", async () => {
    answered(1000);
    await ask("fast-key");
    const client = new AzureOpenAI({
      endpoint: server.url,
      apiKey: "fast-key",
      apiVersion: "2024-10-21",
      maxRetries: 0,
    });
    const error: unknown = await client.chat.completions
      .create({ model: "o1", messages: [{ role: "user", content: "x".repeat(2000) }] })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  });
});

describe("metrics", () => {
  it("tell requests, tokens, limits and upstreams, to callers with a key", async () => {
    answered(12);
    await ask("fast-key");
    expect((await server.call("GET", "/metrics")).status).toBe(401);
    const { text } = await server.call("GET", "/metrics", undefined, { "api-key": "fast-key" });
    expect(text).toContain('groundwire_tokens_total{deployment="o1",kind="completion"} 11');
    expect(text).toMatch(
      /groundwire_upstream_calls_total\{deployment="o1",host="127\.0\.0\.1:\d+",result="success"\} 1/u,
    );
    expect(text).toMatch(
      /groundwire_http_request_duration_seconds_count\{method="POST",route="\/openai\/deployments\/:deployment\/chat\/completions",status="200"\} 1/u,
    );
    expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
  });
});
