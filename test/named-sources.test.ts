import { OpenAI } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { KIT_INDEX } from "../src/testing/azure-search-host/kit-index.ts";
import {
  type AzureSearchStand,
  EXAMPLE_INDEX,
  startAzureSearchStand,
} from "./support/azure-search.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const KEY = "the-operators-search-key";
const QUESTION = "How many days of annual leave do employees get?";

let stand: AzureSearchStand;
let server: TestServer;
beforeAll(async () => {
  stand = await startAzureSearchStand({
    answerers: ["plain"],
    configuration: ({ search }) => `
  grounded: { data_sources: [{ type: named, parameters: { name: policies, top_n_documents: 2 } }] }
keys: [{ name: acme, key: acme-key }, { name: board, key: board-key }]
sources:
  policies:
    type: azure_search
    parameters:
      endpoint: ${search.url}
      indexName: ${KIT_INDEX}
      filter: group_ids/any(g:search.in(g, 'staff,sales'))
      authentication: { type: api_key, key: "\${SEARCH_KEY}" }
  energy:
    type: azure_search
    tenants: [board]
    parameters: { endpoint: ${search.url}, index_name: ${EXAMPLE_INDEX}, authentication: { type: api_key, key: "\${SEARCH_KEY}" } }
  broken:
    type: azure_search
    parameters: { endpoint: ${search.url}, index_name: nothing, authentication: { type: api_key, key: "\${SEARCH_KEY}" } }
`,
  });
  const { GROUNDWIRE_CONFIG = "" } = stand.environment;
  stand.search.queryKey = KEY;
  // Without GROUNDWIRE_ALLOW_HOSTS: the file names the host.
  server = await startTestServer({ GROUNDWIRE_CONFIG, SEARCH_KEY: KEY });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stand[Symbol.asyncDispose]();
});

const ask = (body: object, { deployment = "plain", key = "acme-key" } = {}) =>
  server.call(
    "POST",
    `/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`,
    { messages: [{ role: "user", content: QUESTION }], ...body },
    { "api-key": key },
  );
const named = (name: string, more: object = {}) => ({
  data_sources: [{ type: "named", parameters: { name, ...more } }],
});

describe("a source of the configuration", () => {
  it("is named by requests, which hold none of its keys", async () => {
    const { status, json } = await ask(named("policies"));
    expect(status).toBe(200);
    expect(json.object).toBe("extensions.chat.completion");
    expect(json.choices[0].message.content).toMatch(/thirty days.*\[doc1\]/su);
  });

  it("is searched within the operator's filter and the request's", async () => {
    const filter = "title ne 'Annual leave'";
    const { text } = await ask(named("policies", { filter }));
    expect(text).not.toContain("thirty days");
    expect(stand.search.calls.at(-1)?.body.filter).toBe(
      `(group_ids/any(g:search.in(g, 'staff,sales'))) and (${filter})`,
    );
  });

  it("that goes wrong tells neither its key nor what else there is", async () => {
    const { status, text } = await ask(named("broken"));
    expect(status).toBe(400);
    expect(text).toContain("index 'nothing'");
    expect(text).not.toContain(KEY);
  });

  it("that others may name is unknown, and theirs", async () => {
    const refused = await ask(named("energy"));
    expect(refused.status).toBe(400);
    expect(refused.json.error.message).toMatch(
      /no data source 'energy'\. There are: 'policies', 'broken'\.$/u,
    );
    expect((await ask(named("energy"), { key: "board-key" })).status).toBe(200);
  });

  it("is one of several, with others that the request itself brings", async () => {
    const store = await server.call(
      "POST",
      "/openai/v1/vector_stores",
      { name: "s" },
      { "api-key": "acme-key" },
    );
    const own = { type: "file_search", parameters: { vector_store_id: store.json.id } };
    const third = {
      type: "azure_search",
      parameters: {
        endpoint: stand.search.url,
        index_name: EXAMPLE_INDEX,
        authentication: { type: "api_key", key: stand.search.adminKey },
        include_contexts: ["citations", "all_retrieved_documents"],
        in_scope: false,
        strictness: 1,
      },
    };
    const messages = [
      { role: "user", content: "Who is the DRI, and how many days of leave are there?" },
    ];
    const { json } = await ask({
      messages,
      data_sources: [own, third, ...named("policies", { strictness: 1 }).data_sources],
    });
    const retrieved = json.choices[0].message.context.all_retrieved_documents;
    const indexes = new Set(retrieved.map((one: any) => one.data_source_index));
    expect([...indexes].toSorted()).toEqual([1, 2]);
  });
});

describe("a deployment with a source of its own", () => {
  it("grounds clients that know nothing of sources, in the shape they know", async () => {
    const { status, json } = await ask({}, { deployment: "grounded" });
    expect(status).toBe(200);
    expect(json.object).toBe("chat.completion");
    expect(json.choices[0].message.content).toContain("thirty days");
    expect(json.choices[0].message.context.citations[0].title).toBe("Annual leave");
  });

  it("does so for the official client, streamed, and for responses", async () => {
    const client = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "acme-key" });
    const stream = await client.chat.completions.create({
      model: "grounded",
      stream: true,
      messages: [{ role: "user", content: QUESTION }],
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toContain("thirty days");
    const response = await client.responses.create({ model: "grounded", input: QUESTION });
    expect(response.output_text).toContain("thirty days");
  });

  it("searches what a request names instead", async () => {
    const { json } = await ask(
      {
        ...named("energy"),
        messages: [{ role: "user", content: "What is new in renewable energy?" }],
      },
      { deployment: "grounded", key: "board-key" },
    );
    expect(json.choices[0].message.content).toContain("turbines");
  });
});

it("a name there is not is told with those there are, also in a stream", async () => {
  const { status, json } = await ask({ ...named("polices"), stream: true });
  expect(status).toBe(400);
  expect(json.error.message).toBe(
    "Validation error at #/data_sources/0/named/parameters/name: there is no data source 'polices'. There are: 'policies', 'broken'.",
  );
});

it("strict mode knows no names", async () => {
  const strict = await startTestServer({ GROUNDWIRE_MODE: "strict" });
  const { status, json } = await strict.call(
    "POST",
    "/openai/deployments/plain/chat/completions?api-version=2024-10-21",
    { messages: [{ role: "user", content: QUESTION }], ...named("policies") },
  );
  await strict[Symbol.asyncDispose]();
  expect([status, json.error.message]).toEqual([400, expect.stringContaining("Input tag 'named'")]);
});

it("what a caller may ask is listed: sources of its tenant and its stores, without their keys", async () => {
  const made = await server.call(
    "POST",
    "/openai/v1/vector_stores",
    { name: "Rules" },
    { "api-key": "board-key" },
  );
  const listed = async (key: string) =>
    server.call("GET", "/groundwire/sources", undefined, { "api-key": key });
  const { json, text } = await listed("board-key");
  expect(json.data).toEqual([
    ...["policies", "energy", "broken"].map((name) => ({
      id: name,
      object: "groundwire.source",
      name,
      type: "named",
      of_conversation: false,
      documents: null,
      data_source: { type: "named", parameters: { name } },
    })),
    {
      id: made.json.id,
      object: "groundwire.source",
      name: "Rules",
      type: "file_search",
      of_conversation: false,
      documents: 0,
      data_source: { type: "file_search", parameters: { vector_store_id: made.json.id } },
    },
  ]);
  expect(text).not.toContain(KEY);
  const others = (await listed("acme-key")).json.data.map(({ id }: any) => id);
  expect(others).toEqual(expect.arrayContaining(["policies", "broken"]));
  for (const id of ["energy", made.json.id]) expect(others).not.toContain(id);
});
