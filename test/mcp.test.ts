import { fileURLToPath } from "node:url";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  StdioClientTransport,
  getDefaultEnvironment,
} from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { KIT_INDEX } from "../src/testing/azure-search-host/kit-index.ts";
import { type AzureSearchStand, startAzureSearchStand } from "./support/azure-search.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const CRANES = "The large crane may lift 42 tonnes. Small cranes lift 7 tonnes.";
const SECRET = "The board lifts the crane ban in May; 99 tonnes are planned.";
const HR = "The crane driver's salary is for the eyes of HR.";

let stand: AzureSearchStand;
let server: TestServer;
/** Of the tenant acme: `rules.txt`, `long.txt`, and `salaries.txt` for the group hr. */
let storeId: string;
let emptyStoreId: string;
/** Of the tenant board. */
let boardStoreId: string;
const fileIds: Record<string, string> = {};

beforeAll(async () => {
  stand = await startAzureSearchStand({
    configuration: ({ search }) => `
access: { claim: groups, field: group_ids }
keys:
  - { name: acme, tenant: acme, key: acme-key }
  - { name: board, tenant: board, key: board-key }
  - { name: staff, tenant: acme, key: staff-key, groups: [staff] }
  - { name: slow, tenant: acme, key: slow-key, rate_limits: { requests_per_minute: 1 } }
  - { name: chat, tenant: acme, key: chat-key, scopes: [chat] }
  - { name: files, tenant: acme, key: files-key, scopes: [files] }
sources:
  policies:
    type: azure_search
    tenants: [acme]
    parameters: { endpoint: ${search.url}, index_name: ${KIT_INDEX}, authentication: { type: api_key, key: ${search.adminKey} } }
  broken:
    type: azure_search
    tenants: [board]
    parameters: { endpoint: ${search.url}, index_name: nothing, authentication: { type: api_key, key: ${search.adminKey} } }
`,
  });
  server = await startTestServer(stand.environment);
  storeId = await storeOf("acme-key", "harbour", {
    "rules.txt": { text: CRANES, attributes: { group_ids: "staff", year: 2026 } },
    "long.txt": {
      text: Array.from(
        { length: 2_000 },
        (_, line) => `Line ${line}: nothing about machines, only words and words.`,
      ).join("\n\n"),
    },
    "salaries.txt": { text: HR, attributes: { group_ids: "hr" } },
  });
  emptyStoreId = await storeOf("acme-key", "empty", {});
  boardStoreId = await storeOf("board-key", "secret", { "plan.txt": { text: SECRET } });
}, 120_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stand[Symbol.asyncDispose]();
});

async function storeOf(
  key: string,
  name: string,
  files: Record<string, { text: string; attributes?: Record<string, unknown> }>,
): Promise<string> {
  const headers = { "api-key": key };
  const { json: store } = await server.call("POST", "/openai/v1/vector_stores", { name }, headers);
  const path = `/openai/v1/vector_stores/${store.id}/files`;
  for (const [filename, { text, attributes = {} }] of Object.entries(files)) {
    const form = new FormData();
    form.set("purpose", "assistants");
    form.set("file", new File([text], filename));
    const response = await fetch(`${server.url}/openai/v1/files`, {
      method: "POST",
      headers,
      body: form,
    });
    const { id } = (await response.json()) as { id: string };
    fileIds[filename] = id;
    let row = await server.call("POST", path, { file_id: id, attributes }, headers);
    while (row.json.status === "in_progress")
      row = await server.call("GET", `${path}/${id}`, undefined, headers);
    expect(row.json.status).toBe("completed");
  }
  return store.id;
}

const clients: Client[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));

async function overHttp(key: string, query = ""): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  clients.push(client);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${server.url}/mcp${query}`), {
      requestInit: { headers: { authorization: `Bearer ${key}` } },
    }),
  );
  return client;
}

async function overStdio(key: string, args: string[] = []): Promise<Client> {
  const client = new Client({ name: "test", version: "1" });
  clients.push(client);
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, "mcp", "--url", server.url, ...args],
      env: { ...getDefaultEnvironment(), GROUNDWIRE_API_KEY: key },
    }),
  );
  return client;
}

interface Called {
  isError: boolean;
  /** The one text. */
  text: string;
  value: any;
}

async function call(client: Client, name: string, given: Record<string, unknown>): Promise<Called> {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
  const [part, ...others] = content as { type: string; text: string }[];
  expect([part?.type, others]).toEqual(["text", []]);
  const text = part?.text ?? "";
  if (isError !== true) expect(JSON.parse(text)).toEqual(structuredContent);
  return { isError: isError === true, text, value: structuredContent };
}

describe.each([
  ["streamable HTTP", overHttp],
  ["standard input and output", overStdio],
])("the official client over %s", (_transport, connect) => {
  it("finds two tools that only look", async () => {
    const client = await connect("acme-key");
    const { tools } = await client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ["search", true],
      ["fetch", true],
    ]);
    expect(tools[0]?.inputSchema.required).toEqual(["query"]);
    expect(tools[0]?.description).toContain("'policies'");
    expect(tools[0]?.description).toContain("'harbour'");
    expect(tools[0]?.description).not.toContain("secret");
    expect(client.getServerVersion()?.name).toBe("groundwire");
  });

  it("searches files and named sources, and fetches what it has found", async () => {
    const client = await connect("acme-key");
    const { value } = await call(client, "search", { query: "How much may the large crane lift?" });
    expect(value.results[0]).toEqual({
      id: fileIds["rules.txt"],
      title: "rules.txt",
      url: `${server.url}/openai/v1/files/${fileIds["rules.txt"]}/content`,
      text: CRANES,
    });
    const file = await call(client, "fetch", { id: value.results[0].id });
    expect(file.value).toEqual({
      ...value.results[0],
      metadata: {
        filename: "rules.txt",
        media_type: "text/plain",
        vector_store_id: storeId,
        group_ids: "staff",
        year: "2026",
      },
    });

    const leave = await call(client, "search", {
      query: "How many days of annual leave are there?",
    });
    const [found] = leave.value.results;
    expect(found).toMatchObject({
      title: "Annual leave",
      url: "https://handbook.example.com/annual-leave",
      text: expect.stringContaining("thirty days"),
    });
    const elsewhere = await call(client, "fetch", { id: found.id });
    expect(elsewhere.value).toMatchObject({ ...found, metadata: { source: "policies" } });
  });

  it("is told what it does wrong, and goes on", async () => {
    const client = await connect("acme-key");
    const nothing = await call(client, "search", { query: " " });
    expect(nothing).toMatchObject({ isError: true, text: expect.stringContaining("query") });
    const many = await call(client, "search", { query: "crane", limit: 1_000 });
    expect(many).toMatchObject({ isError: true, text: expect.stringContaining("limit") });
    const long = await call(client, "search", { query: "x".repeat(5_000) });
    expect(long.isError).toBe(true);
    const elsewhere = await call(client, "search", { query: "crane", sources: ["harbor"] });
    expect(elsewhere.text).toContain("There is no source 'harbor' to search. There are: ");
    const unknown = await call(client, "fetch", { id: "file-unknown" });
    expect(unknown.text).toContain("There is no document 'file-unknown'");
    const tool = await call(client, "delete", {});
    expect(tool).toMatchObject({ isError: true, text: expect.stringContaining("delete") });
    expect((await call(client, "search", { query: "crane" })).isError).toBe(false);
  });

  it("never sees what belongs to another tenant", async () => {
    const board = await connect("board-key");
    const own = await call(board, "search", { query: "crane tonnes" });
    expect(own.text).toContain("99 tonnes");
    const client = await connect("acme-key");
    const { text } = await call(client, "search", { query: "crane tonnes", limit: 20 });
    expect(text).not.toContain("99 tonnes");
    for (const id of [own.value.results[0].id, fileIds["plan.txt"], boardStoreId]) {
      const fetched = await call(client, "fetch", { id });
      expect(fetched).toMatchObject({
        isError: true,
        text: expect.stringContaining(`There is no document '${id}'`),
      });
    }
    for (const name of [boardStoreId, "secret", "broken"]) {
      const searched = await call(client, "search", { query: "crane", sources: [name] });
      expect(searched.text).toContain(`There is no source '${name}'`);
    }
  });
});

describe("/mcp", () => {
  it("searches what a search names, by name or id, and no more documents than it asks for", async () => {
    const client = await overHttp("acme-key");
    const named = await call(client, "search", { query: "leave", sources: ["policies"] });
    expect(named.value.results.length).toBeGreaterThan(1);
    const one = await call(client, "search", { query: "leave", sources: ["policies"], limit: 1 });
    expect(one.value.results).toHaveLength(1);
    for (const name of ["harbour", storeId]) {
      const { text } = await call(client, "search", { query: "crane", sources: [name] });
      expect(text).toContain("42 tonnes");
    }
    const empty = await call(client, "search", { query: "crane", sources: [emptyStoreId] });
    expect(empty.value).toEqual({ results: [] });
  });

  it("is narrowed by its address, for search and for fetch", async () => {
    const client = await overHttp("acme-key", `?store=${emptyStoreId}&source=policies`);
    const { value } = await call(client, "search", { query: "crane tonnes" });
    expect(JSON.stringify(value)).not.toContain("42 tonnes");
    expect((await call(client, "fetch", { id: fileIds["rules.txt"] })).isError).toBe(true);
    const { text } = await call(client, "search", { query: "crane", sources: ["harbour"] });
    expect(text).toContain("There are: 'policies', 'empty'");
  });

  it.each(["store=vs_unknown", "store=nonsense", "source=unknown"])(
    "with an address that names nothing there is (%s) answers 404",
    async (query) => {
      await expect(overHttp("acme-key", `?${query}`)).rejects.toMatchObject({ code: 404 });
    },
  );

  it("answers nobody without a key", async () => {
    await expect(overHttp("wrong")).rejects.toMatchObject({ code: 401 });
  });

  it("shows callers the documents of their groups only", async () => {
    const everything = await overHttp("acme-key");
    const all = await call(everything, "search", { query: "crane driver salary" });
    expect(all.text).toContain("eyes of HR");
    const staff = await overHttp("staff-key");
    const { text } = await call(staff, "search", { query: "crane driver salary lift" });
    expect(text).toContain("42 tonnes");
    expect(text).not.toContain("eyes of HR");
    expect((await call(staff, "fetch", { id: fileIds["rules.txt"] })).isError).toBe(false);
    expect((await call(staff, "fetch", { id: fileIds["salaries.txt"] })).isError).toBe(true);
  });

  it("gives documents of foreign sources only to callers with the rights of who found them", async () => {
    const everything = await overHttp("acme-key");
    const { value } = await call(everything, "search", { query: "sales leave quarter" });
    const id = value.results.find((result: any) => result.title === "Leave for sales").id;
    const staff = await overHttp("staff-key");
    const { text } = await call(staff, "search", { query: "sales leave quarter" });
    expect(text).not.toContain("Leave for sales");
    expect((await call(staff, "fetch", { id })).isError).toBe(true);
    expect((await call(await overHttp("chat-key"), "fetch", { id })).isError).toBe(false);
  });

  it("needs the scope chat, and for whole files the scope files", async () => {
    await expect(overHttp("files-key")).rejects.toMatchObject({ code: 403 });
    const client = await overHttp("chat-key");
    const { value } = await call(client, "search", { query: "large crane" });
    const fetched = await call(client, "fetch", { id: value.results[0].id });
    expect(fetched).toMatchObject({ isError: true, text: expect.stringContaining("'files'") });
  });

  it("counts calls of tools against the limits of the key", async () => {
    const client = await overHttp("slow-key");
    await client.listTools();
    expect((await call(client, "search", { query: "crane" })).isError).toBe(false);
    await expect(call(client, "search", { query: "crane" })).rejects.toMatchObject({ code: 429 });
  });

  it("says which source failed when others have answered, and fails when none has", async () => {
    const client = await overHttp("board-key");
    const { value } = await call(client, "search", { query: "crane tonnes" });
    expect(value.results).toHaveLength(1);
    expect(value.failures).toEqual([
      { source: "broken", message: expect.stringContaining("'nothing'") },
    ]);
    const none = await call(client, "search", { query: "crane", sources: ["broken"] });
    expect(none).toMatchObject({ isError: true, text: expect.stringContaining("'nothing'") });
  });

  it("gives long documents in parts that make the whole", async () => {
    const client = await overHttp("acme-key");
    const id = fileIds["long.txt"];
    const parts: string[] = [];
    let offset: number | null = 0;
    while (offset !== null) {
      const { value }: Called = await call(client, "fetch", { id, offset });
      parts.push(value.text);
      expect(value.text.length).toBeLessThan(150_000);
      offset = value.metadata.next_offset === undefined ? null : Number(value.metadata.next_offset);
    }
    expect(parts.length).toBeGreaterThan(1);
    const lines = parts.join("\n").match(/Line \d+:/gu);
    expect(lines).toEqual(Array.from({ length: 2_000 }, (_, line) => `Line ${line}:`));
  });

  it.each([
    ["several messages at once", "POST", [{ jsonrpc: "2.0", id: 1, method: "ping" }], 400],
    ["what is no message", "POST", { hello: "there" }, 400],
    ["a body beyond its limit", "POST", { x: "x".repeat(300_000) }, 413],
    ["asking for a stream", "GET", undefined, 405],
    ["ending a session", "DELETE", undefined, 405],
  ])("refuses %s", async (_what, method, body, status) => {
    const answer = await server.call(method, "/mcp", body, {
      "api-key": "acme-key",
      accept: "application/json, text/event-stream",
    });
    expect(answer.status).toBe(status);
  });
});

describe("groundwire mcp", () => {
  it("is narrowed by its options, stores by their name", async () => {
    const client = await overStdio("acme-key", ["--store", "empty", "--source", "policies"]);
    const { tools } = await client.listTools();
    expect(tools[0]?.description).toContain("Searched are: 'policies', 'empty'.");
  });

  it("tells the agent why the server does not let it in", async () => {
    await expect(overStdio("wrong")).rejects.toThrow(/401|invalid subscription key/u);
  });
});
