import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { form, startTestApp } from "../../testing/http-services.ts";
import type { TestApp } from "../../testing/http-services.ts";

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server[Symbol.asyncDispose]());

describe("vector stores", () => {
  async function newStore(body: unknown = { name: "n" }): Promise<string> {
    return (await server.post("/openai/v1/vector_stores", body)).json.id;
  }

  async function newFile(): Promise<string> {
    const upload = form({ file: new File(["hello"], "x.txt"), purpose: "assistants" });
    return (await server.call("/openai/v1/files", upload)).json.id;
  }

  test("a store is created, changed, listed and deleted", async () => {
    const id = await newStore({
      name: "n",
      metadata: { a: "b" },
      expires_after: { anchor: "last_active_at", days: 3 },
    });
    const changed = await server.post(`/openai/v1/vector_stores/${id}`, {
      name: "m",
      expires_after: null,
    });
    expect(changed.json).toMatchObject({
      id,
      object: "vector_store",
      name: "m",
      metadata: { a: "b" },
      status: "completed",
      file_counts: { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 },
    });
    expect(changed.json).not.toHaveProperty("expires_after");
    expect((await server.call("/openai/v1/vector_stores")).json.data).toContainEqual(changed.json);
    const deleted = await server.call(`/openai/v1/vector_stores/${id}`, { method: "DELETE" });
    expect(deleted.json).toEqual({ id, object: "vector_store.deleted", deleted: true });
    expect((await server.call(`/openai/v1/vector_stores/${id}`)).status).toBe(404);
  });

  test("an empty body creates a store", async () => {
    const { status, json } = await server.call("/openai/v1/vector_stores", { method: "POST" });
    expect([status, json.name]).toEqual([200, null]);
  });

  test("a file is attached with its chunking and attributes, changed and detached", async () => {
    const [store, file] = [await newStore(), await newFile()];
    const path = `/openai/v1/vector_stores/${store}/files`;
    const attached = await server.post(path, {
      file_id: file,
      attributes: { team: "hr", year: 2026 },
      chunking_strategy: {
        type: "static",
        static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 50 },
      },
    });
    expect(attached.json).toMatchObject({
      id: file,
      object: "vector_store.file",
      vector_store_id: store,
      status: "in_progress",
      last_error: null,
      chunking_strategy: {
        type: "static",
        static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 50 },
      },
      attributes: { team: "hr", year: 2026 },
    });
    expect((await server.call(`/openai/v1/vector_stores/${store}`)).json.status).toBe(
      "in_progress",
    );
    expect(
      (await server.post(`${path}/${file}`, { attributes: { team: "it" } })).json.attributes,
    ).toEqual({ team: "it" });
    expect((await server.call(`${path}?filter=completed`)).json.data).toEqual([]);
    const detached = await server.call(`${path}/${file}`, { method: "DELETE" });
    expect(detached.json).toEqual({ id: file, object: "vector_store.file.deleted", deleted: true });
    expect((await server.call(`${path}/${file}`)).status).toBe(404);
    expect((await server.call(`/openai/v1/files/${file}`)).status).toBe(200);
  });

  test("automatic chunking is answered as the sizes it means", async () => {
    const [store, file] = [await newStore(), await newFile()];
    const { json } = await server.post(`/openai/v1/vector_stores/${store}/files`, {
      file_id: file,
      chunking_strategy: { type: "auto" },
    });
    expect(json.chunking_strategy).toEqual({
      type: "static",
      static: { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 },
    });
  });

  test("a batch is created, read, listed and cancelled", async () => {
    const store = await newStore();
    const files = [await newFile(), await newFile()];
    const path = `/openai/v1/vector_stores/${store}/file_batches`;
    const created = await server.post(path, { file_ids: files });
    expect(created.json).toMatchObject({
      object: "vector_store.files_batch",
      vector_store_id: store,
      status: "in_progress",
      file_counts: { in_progress: 2, total: 2 },
    });
    const batch = `${path}/${created.json.id}`;
    expect((await server.call(batch)).json).toEqual(created.json);
    expect((await server.call(`${batch}/files`)).json.data).toHaveLength(2);
    const cancelled = await server.call(`${batch}/cancel`, { method: "POST" });
    expect(cancelled.json).toMatchObject({ status: "cancelled", file_counts: { cancelled: 2 } });
  });

  test.each([
    [
      "GET",
      "/openai/v1/vector_stores/vs_unknown",
      404,
      "No vector store found with id 'vs_unknown'.",
    ],
    ["GET", "/openai/v1/vector_stores/store", 400, "Expected an ID that begins with 'vs'"],
    ["GET", "/openai/v1/vector_stores/vs_unknown/files", 404, "No vector store found"],
    ["GET", "/openai/v1/files/file-unknown", 404, "No such File object: file-unknown"],
    ["GET", "/openai/v1/files/file-unknown/content", 404, "No such File object"],
    ["DELETE", "/openai/v1/files/file-unknown", 404, "No such File object"],
    ["GET", "/groundwire/files/file-unknown/view", 404, "No such File object"],
    [
      "GET",
      "/openai/v1/files?limit=0",
      400,
      "Invalid value for 'limit': Input should be greater than or equal to 1.",
    ],
    [
      "GET",
      "/openai/v1/vector_stores?limit=101",
      400,
      "Invalid value for 'limit': Input should be less than or equal to 100.",
    ],
    ["GET", "/openai/v1/vector_stores?limit=many", 400, "'limit'"],
    ["GET", "/openai/v1/vector_stores?order=up", 400, "Input should be 'asc' or 'desc'"],
  ])("%s %s answers %i: %s", async (method, path, status, message) => {
    const reply = await server.call(path, { method });
    expect([reply.status, reply.json.error.message]).toEqual([
      status,
      expect.stringContaining(message),
    ]);
    expect(Object.keys(reply.json.error)).toEqual(["message", "type", "param", "code"]);
  });

  test("files that are not in the store, or nowhere, are named", async () => {
    const [store, file] = [await newStore(), await newFile()];
    const path = `/openai/v1/vector_stores/${store}`;
    const before = (await server.call("/openai/v1/vector_stores")).json.data;
    expect((await server.call(`${path}/files/${file}`)).json.error.message).toBe(
      `No file found with id '${file}' in vector store '${store}'.`,
    );
    expect((await server.call(`${path}/file_batches/vsfb_x`)).json.error.message).toContain(
      "No file batch found with id 'vsfb_x'",
    );
    for (const [where, body] of [
      [`${path}/files`, { file_id: "file-x" }],
      [`${path}/file_batches`, { file_ids: [file, "file-x"] }],
      ["/openai/v1/vector_stores", { file_ids: ["file-x"] }],
    ] as const) {
      const { status, json } = await server.post(where, body);
      expect([status, json.error.message]).toEqual([404, "No file found with id 'file-x'."]);
    }
    expect((await server.call("/openai/v1/vector_stores")).json.data).toEqual(before);
  });

  test.each([
    [{ name: 7 }, "name"],
    [{ metadata: { a: 7 } }, "metadata.a"],
    [{ expires_after: { anchor: "last_active_at", days: 0 } }, "expires_after.days"],
    [{ file_ids: "file-1" }, "file_ids"],
    [
      {
        chunking_strategy: {
          type: "static",
          static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 51 },
        },
      },
      "chunking_strategy.static.chunk_overlap_tokens",
    ],
  ])("creating a store with %j is refused, naming %s", async (body, param) => {
    const { status, json } = await server.post("/openai/v1/vector_stores", body);
    expect([status, json.error.param]).toEqual([400, param]);
  });

  test.each([
    [{}, "query"],
    [{ query: "" }, "query"],
    [{ query: "q", max_num_results: 51 }, "max_num_results"],
    [{ query: "q", filters: { type: "like", key: "a", value: "b" } }, "filters"],
    [{ query: "q", filter: "a = 1" }, "filter"],
  ])("searching with %j is refused, naming %s", async (body, param) => {
    const { status, json } = await server.post(
      `/openai/v1/vector_stores/${await newStore()}/search`,
      body,
    );
    expect([status, json.error.param]).toEqual([400, expect.stringContaining(param)]);
  });

  test("an expired store is not searched", async () => {
    let now = 1_700_000_000;
    await using aging = await startTestApp({}, { now: () => now });
    const ask = async (path: string, body?: unknown): Promise<any> => {
      const json = {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      };
      return (await fetch(aging.url + path, body === undefined ? {} : json)).json();
    };
    const path = "/openai/v1/vector_stores";
    const { id } = await ask(path, { expires_after: { anchor: "last_active_at", days: 1 } });
    now += 86_400;
    const refused = await ask(`${path}/${id}/search`, { query: "q" });
    expect(refused.error.message).toBe(`Vector store '${id}' has expired.`);
    expect((await ask(`${path}/${id}`)).status).toBe("expired");
  });
});
