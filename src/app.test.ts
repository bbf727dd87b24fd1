import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTestApp } from "./testing/http-services.ts";
import type { TestApp } from "./testing/http-services.ts";

const VERSION = "api-version=2024-12-01-preview";

let server: TestApp;

beforeEach(async () => {
  server = await startTestApp();
});

afterEach(() => server[Symbol.asyncDispose]());

interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: any;
}

async function call(path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(server.url + path, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function post(path: string, body: unknown): Promise<Reply> {
  return call(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
}

/** Bytes in, bytes out, as a client with its own ideas of HTTP would send them. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(bytes);
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString()));
  await once(socket, "close");
  return answer;
}

describe("routes and versions", () => {
  test.each([
    "/openai/files",
    "/openai/files?api-version=",
    "/openai/files?api-version=2023-12-01-preview",
    "/openai/files?api-version=2024-13-45",
    "/openai/files?api-version=latest",
    "/openai/nothing?api-version=2024-10-21",
    "/openai/v1/nothing",
    "/nothing",
    "/%zz",
  ])("%s is not found, in the gateway's words", async (path) => {
    const { status, text } = await call(path);
    expect([status, text]).toEqual([
      404,
      '{"error":{"code":"404","message":"Resource not found"}}',
    ]);
  });

  test.each([
    `/openai/files?${VERSION}`,
    "/openai/files?api-version=2026-01-01",
    `/openai//files/?${VERSION}`,
    `/openai/deployments/o1/files?${VERSION}`,
    "/openai/v1/files",
    "/openai/v1/files?api-version=preview",
    "/v1/files",
  ])("%s lists files without a redirect", async (path) => {
    const { status, json } = await call(path, { redirect: "manual" });
    expect([status, json]).toEqual([
      200,
      { object: "list", data: [], first_id: null, last_id: null, has_more: false },
    ]);
  });

  test("every answer carries its request id under the names clients look for", async () => {
    const { headers } = await call("/openai/v1/files");
    const id = headers.get("apim-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect([headers.get("x-request-id"), headers.get("x-ms-client-request-id")]).toEqual([id, id]);
    expect(headers.get("server-timing")).toMatch(/^auth;dur=/);
  });

  test("health needs neither key nor version", async () => {
    expect((await call("/healthz")).json).toEqual({ status: "ok" });
    expect((await call("/readyz")).json).toEqual({ status: "ready" });
  });

  test("HEAD answers like GET without a body", async () => {
    const { status, text } = await call("/openai/v1/files", { method: "HEAD" });
    expect([status, text]).toEqual([200, ""]);
  });
});

describe("bodies that cannot be read", () => {
  const path = "/openai/v1/vector_stores";

  test("malformed JSON is refused without being quoted", async () => {
    const { status, json } = await post(path, '{"name": "secret');
    expect([status, json.error.type]).toEqual([400, "invalid_request_error"]);
    expect(json.error.message).toContain("not valid JSON");
    expect(json.error.message).not.toContain("secret");
  });

  test("invalid UTF-8 is refused", async () => {
    const { status, json } = await post(path, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect([status, json.error.message]).toEqual([400, "The request body is not valid UTF-8."]);
  });

  test("a body of another type is refused", async () => {
    const { status, json } = await call(path, {
      method: "POST",
      body: "name=x",
      headers: { "content-type": "text/plain" },
    });
    expect([status, json.error.message]).toEqual([
      400,
      expect.stringContaining("application/json"),
    ]);
  });

  test("a body above the limit is refused", async () => {
    const { status, json } = await post(path, `{"name":"${"x".repeat(1_100_000)}"}`);
    expect([status, json.error.code]).toEqual([413, "payload_too_large"]);
  });

  test("a JSON body that is no object is refused", async () => {
    for (const body of ["[]", "3", '"x"']) expect((await post(path, body)).status).toBe(400);
  });
});

describe("files", () => {
  function form(fields: Record<string, string | File>): RequestInit {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return { method: "POST", body };
  }

  test("the v1 route answers 200, the dated one 201 with the place of the file", async () => {
    const upload = form({ file: new File(["hello"], "a b.txt"), purpose: "assistants" });
    const v1 = await call("/openai/v1/files", upload);
    expect(v1.status).toBe(200);
    expect(v1.json).toMatchObject({
      object: "file",
      bytes: 5,
      filename: "a b.txt",
      purpose: "assistants",
      status: "processed",
    });
    const dated = await call(`/openai/files?${VERSION}`, upload);
    expect(dated.status).toBe(201);
    const place = await call(dated.headers.get("location") ?? "");
    expect(place.json).toEqual(dated.json);
  });

  test("the guide's upload, a form labelled as JSON with its purpose as a file part, is understood", async () => {
    const boundary = "1358f1dc99fefb76920f5c5d98fdc158";
    const body = [
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="mydocument.pdf"',
      "Content-Type: application/pdf",
      "",
      "%PDF-1.7",
      `--${boundary}`,
      'Content-Disposition: form-data; name="purpose"; filename="purpose"',
      "",
      "file-search",
      `--${boundary}--`,
      "",
    ].join("\r\n");
    const { status, json } = await post(`/openai/files?${VERSION}`, body);
    expect([status, json.filename, json.bytes, json.purpose]).toEqual([
      201,
      "mydocument.pdf",
      8,
      "assistants",
    ]);
  });

  test("the same form is understood when it arrives byte by byte", async () => {
    const body =
      '--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\nhi\r\n--b--\r\n';
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.setNoDelay(true);
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.write(
      `POST /openai/v1/files HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    for (const character of body) {
      socket.write(character);
      await new Promise(setImmediate);
    }
    await once(socket, "close");
    expect(answer).toContain("200 OK");
    expect(answer).toContain('"filename":"x.txt"');
  });

  test("names in UTF-8 come back in the content's disposition, and the bytes as they were", async () => {
    const { json } = await call(
      "/openai/v1/files",
      form({ file: new File(["<script>"], "Prüfung 表.html"), purpose: "assistants" }),
    );
    expect(json.filename).toBe("Prüfung 表.html");
    const { text, headers } = await call(`/openai/v1/files/${json.id}/content`);
    expect(text).toBe("<script>");
    expect(headers.get("content-type")).toBe("text/html");
    expect(headers.get("content-security-policy")).toContain("sandbox");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-disposition")).toBe(
      "attachment; filename=\"Pr_fung _.html\"; filename*=UTF-8''Pr%C3%BCfung%20%E8%A1%A8.html",
    );
  });

  test.each([
    ["bytes=2-4", 206, "cde", "bytes 2-4/8"],
    ["bytes=5-", 206, "fgh", "bytes 5-7/8"],
    ["bytes=-3", 206, "fgh", "bytes 5-7/8"],
    ["bytes=2-400", 206, "cdefgh", "bytes 2-7/8"],
    ["bytes=9-", 416, "", "bytes */8"],
    ["bytes=1-2,4-5", 200, "abcdefgh", null],
    ["rows=1-2", 200, "abcdefgh", null],
  ])("range %s answers %i %s", async (range, status, text, contentRange) => {
    const { json } = await call(
      "/openai/v1/files",
      form({ file: new File(["abcdefgh"], "x.pdf"), purpose: "assistants" }),
    );
    const reply = await call(`/openai/v1/files/${json.id}/content`, { headers: { range } });
    expect([reply.status, reply.text, reply.headers.get("content-range")]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });

  test("lists page through with limit and after, and say whether there is more", async () => {
    const ids: string[] = [];
    for (const name of ["1", "2", "3"]) {
      const { json } = await call(
        "/openai/v1/files",
        form({ file: new File([name], name), purpose: "assistants" }),
      );
      ids.push(json.id);
    }
    const first = await call("/openai/v1/files?limit=2&order=asc");
    expect([first.json.data.length, first.json.has_more]).toEqual([2, true]);
    const second = await call(`/openai/v1/files?limit=2&order=asc&after=${first.json.last_id}`);
    expect([second.json.data.length, second.json.has_more]).toEqual([1, false]);
    expect(
      [...first.json.data, ...second.json.data].map((file: any) => file.id).toSorted(),
    ).toEqual(ids.toSorted());
  });

  test("a deleted file is gone", async () => {
    const { json } = await call(
      "/openai/v1/files",
      form({ file: new File(["x"], "x.txt"), purpose: "assistants" }),
    );
    const deleted = await call(`/openai/v1/files/${json.id}`, { method: "DELETE" });
    expect(deleted.json).toEqual({ id: json.id, object: "file", deleted: true });
    expect((await call(`/openai/v1/files/${json.id}`)).status).toBe(404);
  });

  describe("that cannot be taken", () => {
    async function expectNoBytesLeft(): Promise<void> {
      const { dataDir } = server.services.settings;
      const left = (await readdir(dataDir, { recursive: true })).filter((name) =>
        name.includes("file-"),
      );
      expect(left).toEqual([]);
    }

    test.each([
      [{ purpose: "assistants" }, "file", "Missing required parameter: 'file'."],
      [{ file: new File(["x"], "x.txt") }, "purpose", "Missing required parameter: 'purpose'."],
      [
        { file: new File(["x"], "x.txt"), purpose: "party" },
        "purpose",
        "Invalid value for 'purpose'",
      ],
      [
        { file: new File(["x"], "x.txt"), purpose: "assistants", "expires_after[seconds]": "1" },
        "expires_after[seconds]",
        "greater than or equal to 3600",
      ],
    ])("%j: the field at fault is named and no bytes stay", async (fields, param, message) => {
      const { status, json } = await call("/openai/v1/files", form(fields));
      expect([status, json.error.param, json.error.message]).toEqual([
        400,
        param,
        expect.stringContaining(message),
      ]);
      await expectNoBytesLeft();
    });

    test("an empty body, an empty chunked body and a body that is no form are answered, not waited for", async () => {
      for (const rest of [
        "content-length: 0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "content-length: 2\r\n\r\n{}",
      ]) {
        const answer = await raw(
          `POST /openai/v1/files HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n${rest}`,
        );
        expect(answer).toContain("400 Bad Request");
        expect(answer).toContain("multipart/form-data");
      }
    });

    test("a form without parts and one that breaks off are refused", async () => {
      for (const body of [
        "--b--\r\n",
        '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nhal',
      ]) {
        const { status } = await call("/openai/v1/files", {
          method: "POST",
          body,
          headers: { "content-type": "multipart/form-data; boundary=b" },
        });
        expect(status).toBe(400);
      }
      await expectNoBytesLeft();
    });

    test("a file over the limit is refused while it is being sent, and no bytes stay", async () => {
      const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n';
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      let answer = "";
      const { promise: answered, resolve } = Promise.withResolvers<void>();
      socket.on("data", (chunk) => {
        answer += chunk.toString();
        resolve();
      });
      socket.write(
        `POST /openai/v1/files HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 500000000\r\n\r\n${head}`,
      );
      socket.write(Buffer.alloc(2_000_000, "x"));
      await answered;
      expect(answer).toContain("413 Payload Too Large");
      expect(answer).toContain("larger than the 1000000 bytes this server accepts");
      socket.destroy();
      await expectNoBytesLeft();
    });
  });
});

describe("vector stores", () => {
  async function newStore(body: unknown = { name: "n" }): Promise<string> {
    return (await post("/openai/v1/vector_stores", body)).json.id;
  }

  async function newFile(): Promise<string> {
    const body = new FormData();
    body.set("file", new File(["hello"], "x.txt"));
    body.set("purpose", "assistants");
    return (await call("/openai/v1/files", { method: "POST", body })).json.id;
  }

  test("a store is created, changed, listed and deleted", async () => {
    const id = await newStore({
      name: "n",
      metadata: { a: "b" },
      expires_after: { anchor: "last_active_at", days: 3 },
    });
    const changed = await post(`/openai/v1/vector_stores/${id}`, {
      name: "m",
      expires_after: null,
    });
    expect(changed.json).toMatchObject({
      id,
      object: "vector_store",
      name: "m",
      metadata: { a: "b" },
      status: "completed",
      expires_after: null,
      file_counts: { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 },
    });
    expect((await call("/openai/v1/vector_stores")).json.data).toEqual([changed.json]);
    const deleted = await call(`/openai/v1/vector_stores/${id}`, { method: "DELETE" });
    expect(deleted.json).toEqual({ id, object: "vector_store.deleted", deleted: true });
    expect((await call(`/openai/v1/vector_stores/${id}`)).status).toBe(404);
  });

  test("an empty body creates a store", async () => {
    const { status, json } = await call("/openai/v1/vector_stores", { method: "POST" });
    expect([status, json.name]).toEqual([200, null]);
  });

  test("a file is attached with its chunking and attributes, changed and detached", async () => {
    const [store, file] = [await newStore(), await newFile()];
    const path = `/openai/v1/vector_stores/${store}/files`;
    const attached = await post(path, {
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
    expect((await call(`/openai/v1/vector_stores/${store}`)).json.status).toBe("in_progress");
    expect((await post(`${path}/${file}`, { attributes: { team: "it" } })).json.attributes).toEqual(
      { team: "it" },
    );
    expect((await call(`${path}?filter=completed`)).json.data).toEqual([]);
    const detached = await call(`${path}/${file}`, { method: "DELETE" });
    expect(detached.json).toEqual({ id: file, object: "vector_store.file.deleted", deleted: true });
    expect((await call(`${path}/${file}`)).status).toBe(404);
    expect((await call(`/openai/v1/files/${file}`)).status).toBe(200);
  });

  test("automatic chunking is answered as the sizes it means", async () => {
    const [store, file] = [await newStore(), await newFile()];
    const { json } = await post(`/openai/v1/vector_stores/${store}/files`, {
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
    const created = await post(path, { file_ids: files });
    expect(created.json).toMatchObject({
      object: "vector_store.files_batch",
      vector_store_id: store,
      status: "in_progress",
      file_counts: { in_progress: 2, total: 2 },
    });
    const batch = `${path}/${created.json.id}`;
    expect((await call(batch)).json).toEqual(created.json);
    expect((await call(`${batch}/files`)).json.data).toHaveLength(2);
    const cancelled = await call(`${batch}/cancel`, { method: "POST" });
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
    const reply = await call(path, { method });
    expect([reply.status, reply.json.error.message]).toEqual([
      status,
      expect.stringContaining(message),
    ]);
    expect(Object.keys(reply.json.error)).toEqual(["message", "type", "param", "code"]);
  });

  test("files that are not in the store, or nowhere, are named", async () => {
    const [store, file] = [await newStore(), await newFile()];
    const path = `/openai/v1/vector_stores/${store}`;
    expect((await call(`${path}/files/${file}`)).json.error.message).toBe(
      `No file found with id '${file}' in vector store '${store}'.`,
    );
    expect((await call(`${path}/file_batches/vsfb_x`)).json.error.message).toContain(
      "No file batch found with id 'vsfb_x'",
    );
    for (const [where, body] of [
      [`${path}/files`, { file_id: "file-x" }],
      [`${path}/file_batches`, { file_ids: [file, "file-x"] }],
      ["/openai/v1/vector_stores", { file_ids: ["file-x"] }],
    ] as const) {
      const { status, json } = await post(where, body);
      expect([status, json.error.message]).toEqual([404, "No file found with id 'file-x'."]);
    }
    expect((await call("/openai/v1/vector_stores")).json.data).toHaveLength(1);
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
    const { status, json } = await post("/openai/v1/vector_stores", body);
    expect([status, json.error.param]).toEqual([400, param]);
  });

  test.each([
    [{}, "query"],
    [{ query: "" }, "query"],
    [{ query: "q", max_num_results: 51 }, "max_num_results"],
    [{ query: "q", filters: { type: "like", key: "a", value: "b" } }, "filters"],
    [{ query: "q", filter: "a eq 1" }, "filter"],
  ])("searching with %j is refused, naming %s", async (body, param) => {
    const { status, json } = await post(
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

test("another tenant's files and stores do not exist", async () => {
  await using shared = await startTestApp({
    apiKeys: [
      { tenant: "acme", name: "a", key: "key-a" },
      { tenant: "beta", name: "b", key: "key-b" },
    ],
  });
  const as = (key: string, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(shared.url + path, {
      ...init,
      headers: { "content-type": "application/json", "api-key": key },
    });
  const created = await as("key-a", "/openai/v1/vector_stores", { method: "POST", body: "{}" });
  const { id } = (await created.json()) as { id: string };
  expect((await as("key-a", `/openai/v1/vector_stores/${id}`)).status).toBe(200);
  for (const method of ["GET", "DELETE"]) {
    expect((await as("key-b", `/openai/v1/vector_stores/${id}`, { method })).status).toBe(404);
  }
  const wrong = await as("key-c", "/openai/v1/files");
  expect([wrong.status, wrong.headers.get("content-length")]).toEqual([401, "224"]);
  expect(JSON.stringify(shared.log)).not.toMatch(/key-[abc]/);
  expect(shared.log.at(-1)).toMatchObject({ route: "/openai/v1/files", status: 401 });
});
