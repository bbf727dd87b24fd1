import { afterAll, beforeAll, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
let storeId: string;
beforeAll(async () => {
  server = await startTestServer();
  storeId = (await server.call("POST", "/openai/v1/vector_stores", { name: "leave" })).json.id;
  const files = [
    ["old.md", "Full-time employees get 20 days of annual leave.", { year: 2020, groups: "hr" }],
    [
      "new.md",
      "Full-time employees get 25 days of annual leave.",
      { year: 2024, groups: "hr, all" },
    ],
  ] as const;
  for (const [name, text, attributes] of files) {
    const body = { file_id: await server.upload(name, text), attributes };
    await server.call("POST", `/openai/v1/vector_stores/${storeId}/files`, body);
  }
});
afterAll(() => server[Symbol.asyncDispose]());

const ask = (parameters: object) =>
  server.call("POST", "/openai/v1/chat/completions", {
    model: "x",
    messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
    data_sources: [
      { type: "file_search", parameters: { vector_store_id: storeId, ...parameters } },
    ],
  });
const citedBy = async (parameters: object): Promise<string[]> =>
  (await ask(parameters)).json.choices[0].message.context.citations
    .map(({ filepath }: any) => filepath)
    .toSorted();

it.each([
  [{}, ["new.md", "old.md"]],
  [{ filter: "year ge 2024" }, ["new.md"]],
  [{ filter: "groups/any(g: search.in(g, 'all, sales'))" }, ["new.md"]],
  [{ filter: "groups/any(g: search.in(g, ''))" }, []],
  [{ filters: { type: "eq", key: "year", value: 2020 } }, ["old.md"]],
  [{ filter: "year ge 2024", filters: { type: "eq", key: "year", value: 2020 } }, []],
])("an answer rests only on files that pass %j", async (parameters, expected) => {
  expect(await citedBy(parameters)).toEqual(expected);
});

it("a filter that cannot be read is refused, saying where", async () => {
  const { status, json } = await ask({ filter: "year ge 2024 and contains(groups, 'all')" });
  expect(status).toBe(400);
  expect(json.error.message).toContain(
    "#/data_sources/0/file_search/parameters/filter: The filter cannot be read: position 26",
  );
});

it.each([
  ["outside", { filter: "year ge 2024" }],
  ["inside", { file_search: { filter: "year ge 2024" } }],
  ["outside, with blanks inside", { filter: "year ge 2024", file_search: { filter: null } }],
  [
    "in two places",
    {
      filters: { type: "gt", key: "year", value: 2000 },
      file_search: { filters: { type: "eq", key: "year", value: 2024 } },
    },
  ],
])("a file_search tool takes it %s, beside a data source too", async (_where, settings) => {
  const ask = (body: object) =>
    server.call("POST", "/openai/v1/chat/completions", {
      model: "x",
      messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
      ...body,
    });
  const tool = { type: "file_search", ...settings };
  const parameters = { vector_store_id: storeId };
  const beside = await ask({ tools: [tool], data_sources: [{ type: "file_search", parameters }] });
  expect(beside.json.choices[0].message.context.citations).toMatchObject([{ filepath: "new.md" }]);
  const alone = await ask({ tools: [{ ...tool, vector_store_ids: [storeId] }] });
  expect(alone.json.choices[0].message.content).toContain("25 days");
  expect(alone.json.choices[0].message.content).not.toContain("20 days");
});

it("the search of a store takes it too", async () => {
  const { json } = await server.call("POST", `/openai/v1/vector_stores/${storeId}/search`, {
    query: "annual leave",
    filter: "not (year lt 2024)",
  });
  expect(json.data.map(({ filename }: any) => filename)).toEqual(["new.md"]);
});
