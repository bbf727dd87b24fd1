import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { KIT_INDEX, kitIndex } from "../src/testing/azure-search-host/kit-index.ts";
import { type AzureSearchStand, startAzureSearchStand } from "./support/azure-search.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const PARKING = `# Parking

A parking place at the office costs 20 euros a month and is paid by the employee.
`;

let stand: AzureSearchStand;
let server: TestServer;
let store: string;
beforeAll(async () => {
  stand = await startAzureSearchStand();
  stand.search.indexes.set(KIT_INDEX, kitIndex());
  const config = join(await mkdtemp(join(tmpdir(), "groundwire-config-")), "groundwire.yaml");
  await writeFile(config, "trace: true\n");
  server = await startTestServer({ ...stand.environment, GROUNDWIRE_CONFIG: config });
  store = await server.storeOf({ "parking.md": PARKING });
});
afterAll(async () => {
  for (const open of [server, stand]) await open[Symbol.asyncDispose]();
});

const CONTEXTS = ["citations", "intent", "all_retrieved_documents"];
const own = (more: object = {}) => ({
  type: "file_search",
  parameters: { vector_store_id: store, include_contexts: CONTEXTS, ...more },
});
const azure = (more: object = {}) => ({
  type: "azure_search",
  parameters: {
    endpoint: stand.search.url,
    index_name: KIT_INDEX,
    authentication: { type: "api_key", key: stand.search.queryKey },
    ...more,
  },
});
const ask = (content: string, data_sources: object[]) =>
  server.call("POST", "/openai/v1/chat/completions", {
    model: "groundwire",
    messages: [{ role: "user", content }],
    data_sources,
  });
const contextOf = ({ json }: { json: any }) => json.choices[0].message.context;
const traceOf = ({ json }: { json: any }) => json.choices[0].message.x_groundwire.trace;
const BOTH =
  "How many days of annual leave do employees get? What does a parking place at the office cost?";

describe("a vector store and a foreign index in one question", () => {
  it("answer it together, and each document says where it is from", async () => {
    const answered = await ask(BOTH, [own(), azure()]);
    const { content } = answered.json.choices[0].message;
    expect(content).toContain("20 euros a month");
    expect(content).toContain("thirty days of annual leave");
    const retrieved = contextOf(answered).all_retrieved_documents;
    const used = retrieved.filter((document: any) => document.filter_reason === undefined);
    expect(new Set(used.map((document: any) => document.data_source_index))).toEqual(
      new Set([0, 1]),
    );
    expect(traceOf(answered).sources).toMatchObject([
      { data_source_index: 0, type: "file_search", searches: 3 },
      { data_source_index: 1, type: "azure_search", searches: 3 },
    ]);
  });

  it("give each other room: the best document comes first, wherever it is", async () => {
    const first = async (question: string) =>
      contextOf(await ask(question, [azure(), own()])).citations[0].content;
    expect(await first("What does a parking place at the office cost a month?")).toContain(
      "20 euros",
    );
    expect(await first("How many days of annual leave do employees get?")).toContain("thirty days");
  });

  it("keep their own scores: BM25 of the index is reported as it gave it", async () => {
    const answered = await ask("How many days of annual leave do employees get?", [own(), azure()]);
    const call = stand.search.calls.findLast(({ method }) => method === "POST");
    const document = contextOf(answered).all_retrieved_documents.find(
      ({ data_source_index: index }: any) => index === 1,
    );
    expect(call).toBeDefined();
    expect(document.original_search_score).toBeGreaterThan(0);
    expect(document.rerank_score).toBeGreaterThan(0);
    expect(document.rerank_score).toBeLessThanOrEqual(1);
  });
});

describe("when one of them fails", () => {
  const wrong = { authentication: { type: "api_key", key: "wrong-key-123" } };

  it("the question fails", async () => {
    const { status, text } = await ask(BOTH, [own(), azure(wrong)]);
    expect(status).toBe(400);
    expect(text).not.toContain("wrong-key-123");
  });

  it("the other one answers where that is allowed, and headers and trace say which one failed", async () => {
    const answered = await ask(BOTH, [own(), azure({ ...wrong, allow_partial_result: true })]);
    expect(answered.json.choices[0].message.content).toContain("20 euros a month");
    expect(answered.headers.get("x-groundwire-warnings")).toMatch(
      /data source 2 \(azure_search\) answered in part or not at all: /u,
    );
    const [, failed] = traceOf(answered).sources;
    expect(failed.failures).toHaveLength(3);
    expect(answered.text).not.toContain("wrong-key-123");
    expect(JSON.stringify([...answered.headers])).not.toContain("wrong-key-123");
  });

  it("the question fails when all do", async () => {
    const source = azure({ ...wrong, allow_partial_result: true });
    expect((await ask(BOTH, [source, source])).status).toBe(400);
  });
});
