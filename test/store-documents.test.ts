import { afterAll, beforeAll, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

it("the documents of a store are told with name, size, attributes and how far each is read", async () => {
  const storeId = await server.storeOf({ "leave.md": "# Leave\n\n27 days.", "empty.txt": "" });
  const path = `/groundwire/vector_stores/${storeId}/documents`;
  const { json } = await server.call("GET", `${path}?order=asc`);
  expect(json.data.map(({ id: _id, created_at: _at, ...told }: any) => told)).toEqual([
    {
      object: "groundwire.document",
      filename: "leave.md",
      bytes: 17,
      status: "completed",
      stage: "done",
      last_error: null,
      attributes: {},
    },
    {
      object: "groundwire.document",
      filename: "empty.txt",
      bytes: 0,
      status: "failed",
      stage: "done",
      last_error: { code: "invalid_file", message: expect.stringMatching(/empty/u) },
      attributes: {},
    },
  ]);
  const [first] = json.data;
  const next = await server.call("GET", `${path}?order=asc&limit=1&after=${first.id}`);
  expect(next.json.data.map(({ filename }: any) => filename)).toEqual(["empty.txt"]);
});

it("the documents of no store are not found", async () => {
  const { status } = await server.call("GET", "/groundwire/vector_stores/vs_none/documents");
  expect(status).toBe(404);
});
