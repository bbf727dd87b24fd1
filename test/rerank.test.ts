import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type RerankHost, startRerankHost } from "../src/testing/rerank-host.ts";
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  streamOf,
} from "../src/testing/scripted-upstream.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const FILES = {
  "a.md": "# Annual leave\n\nAnnual leave is planned with the manager.\n",
  "b.md": "# Annual leave\n\nAnnual leave is 27 days for full-time employees.\n",
  "c.md": "# Sick leave\n\nAnnual sick leave is paid for six weeks.\n",
};

let host: RerankHost;
let upstream: ScriptedUpstream;
let server: TestServer;
let store: string;
beforeAll(async () => {
  host = await startRerankHost({ apiKey: "co-secret" });
  upstream = await startScriptedUpstream();
  const config = join(await mkdtemp(join(tmpdir(), "groundwire-config-")), "groundwire.yaml");
  const at = `retries: 0, upstreams: [{ type: openai, base_url: "${upstream.baseUrl}" }]`;
  await writeFile(
    config,
    `rerank: { type: endpoint, url: "${host.url}", api_key: co-secret, model: rerank-v3.5, seconds: 0.5 }
deployments:
  by-endpoint: {}
  by-chat: { ${at}, rerank: { type: deployment, deployment: gpt-4o-mini } }
  not-at-all: { rerank: off }
  gpt-4o-mini: { ${at} }
`,
  );
  server = await startTestServer({ GROUNDWIRE_CONFIG: config });
  store = await server.storeOf(FILES);
});
afterAll(async () => {
  for (const open of [server, upstream, host]) await open[Symbol.asyncDispose]();
});
afterEach(() => {
  host.requests.splice(0);
  upstream.calls.splice(0);
});

const ask = (model: string, more: object = {}) =>
  server.call(
    "POST",
    "/openai/v1/chat/completions",
    {
      model,
      messages: [{ role: "user", content: "How many days is annual leave for employees?" }],
      data_sources: [
        {
          type: "file_search",
          parameters: {
            vector_store_id: store,
            strictness: 1,
            include_contexts: ["citations", "all_retrieved_documents"],
          },
        },
      ],
      ...more,
    },
    { "x-groundwire-trace": "1" },
  );
const contextOf = ({ json }: { json: any }) => json.choices[0].message.context;
const traceOf = ({ json }: { json: any }) => json.choices[0].message.x_groundwire.trace;
const filesOf = (answered: { json: any }) =>
  contextOf(answered).citations.map(({ filepath }: { filepath: string }) => filepath);

/** Answers as Cohere would, with scores of the test's choosing by text. */
const scoring = (byWord: Record<string, number>) =>
  host.next((reply) => {
    const { documents } = host.requests.at(-1) ?? { documents: [] };
    const results = documents.map((text, index) => {
      const word = Object.keys(byWord).find((candidate) => text.includes(candidate)) ?? "";
      return { index, relevance_score: byWord[word] ?? 0 };
    });
    reply.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ results }));
  });

describe("a rerank endpoint", () => {
  it("decides the order of the citations, and its scores are reported", async () => {
    scoring({ planned: 0.91, sick: 0.55, "27": 0.12 });
    const answered = await ask("by-endpoint");
    expect(filesOf(answered)).toEqual(["a.md", "c.md", "b.md"]);
    const scores = contextOf(answered).all_retrieved_documents.map(
      (entry: any) => entry.rerank_score,
    );
    expect(scores).toEqual([0.91, 0.55, 0.12]);
    expect(traceOf(answered).rerank).toMatchObject({
      by: "endpoint",
      model: "rerank-v3.5",
      passages: 3,
      failure: null,
    });
  });

  it("is given the question and the passages with their headings", async () => {
    await ask("by-endpoint");
    expect(host.requests[0]?.query).toBe("How many days is annual leave for employees?");
    expect(host.requests[0]?.documents).toContainEqual(
      expect.stringMatching(/Annual leave\n.*27 days/su),
    );
  });

  it.each([
    ["fails", (reply: any) => reply.writeHead(500).end("{}")],
    ["is late", () => {}],
    ["talks nonsense", (reply: any) => reply.end("{}")],
  ])("that %s leaves the order as it was, and the caller is told", async (_what, script) => {
    const before = filesOf(await ask("not-at-all"));
    host.next(script);
    const answered = await ask("by-endpoint");
    expect(answered.status).toBe(200);
    expect(filesOf(answered)).toEqual(before);
    expect(answered.headers.get("x-groundwire-warnings")).toContain("passages were not reranked");
    expect(traceOf(answered).rerank.failure).toEqual(expect.any(String));
    expect(answered.text).not.toContain("co-secret");
  });

  it("is not asked where a deployment says off", async () => {
    const answered = await ask("not-at-all");
    expect(host.requests).toEqual([]);
    expect(traceOf(answered).rerank).toBeNull();
  });
});

describe("a chat model as reranker", () => {
  it("lists the passages in order; what it leaves out follows; what it used is counted", async () => {
    upstream.next(streamOf(["[3]"]));
    upstream.next(streamOf(["27 days [doc1]."]));
    const answered = await ask("by-chat");
    const { model, messages } = upstream.calls[0]?.body ?? {};
    expect(model).toBe("gpt-4o-mini");
    const third = /\[3\] (?<text>[^[]+)/u.exec(messages[1].content)?.groups?.["text"] ?? "";
    expect(third).toContain(contextOf(answered).citations[0].content.split("\n").at(-1));
    expect(filesOf(answered)).toHaveLength(3);
    expect(answered.json.usage.total_tokens).toBe(2 * 18);
    expect(traceOf(answered).calls.map(({ purpose }: any) => purpose)).toEqual([
      "rerank",
      "answer",
    ]);
  });

  it.each([
    ["refuses", streamOf(["I cannot do that."])],
    ["fails", (reply: any) => reply.writeHead(500).end("{}")],
    ["lists what there is not", streamOf(["[7, 8, 9]"])],
  ])("that %s leaves the order as it was", async (_what, script) => {
    const before = filesOf(await ask("not-at-all"));
    upstream.next(script);
    upstream.next(streamOf(["27 days [doc1]."]));
    expect(filesOf(await ask("by-chat"))).toEqual(before);
  });
});
