import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp } from "./testing/http-services.ts";
import type { TestApp } from "./testing/http-services.ts";
import { testKey } from "./testing/keys.ts";

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp();
});

afterAll(() => server[Symbol.asyncDispose]());

const VERSION = "api-version=2024-12-01-preview";

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
    const { status, text } = await server.call(path);
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
    const { status, json } = await server.call(path, { redirect: "manual" });
    expect([status, json]).toEqual([
      200,
      { object: "list", data: [], first_id: null, last_id: null, has_more: false },
    ]);
  });

  test("every answer carries its request id under the names clients look for", async () => {
    const { headers } = await server.call("/openai/v1/files");
    const id = headers.get("apim-request-id");
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect([headers.get("x-request-id"), headers.get("x-ms-client-request-id")]).toEqual([id, id]);
    expect(headers.get("server-timing")).toMatch(/^auth;dur=/);
  });

  test("JSON is sent under the bare type, as the service does", async () => {
    const chat = await server.call("/openai/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hello" }] }),
    });
    const list = await server.call("/openai/v1/files");
    const types = [chat, list].map(({ headers }) => headers.get("content-type"));
    expect(types).toEqual(["application/json", "application/json"]);
  });

  test("health needs neither key nor version", async () => {
    expect((await server.call("/healthz")).json).toEqual({ status: "ok" });
    expect((await server.call("/readyz")).json).toEqual({
      status: "ready",
      models: { upstreams: 0, available: 0 },
    });
  });

  test("HEAD answers like GET without a body", async () => {
    const { status, text } = await server.call("/openai/v1/files", { method: "HEAD" });
    expect([status, text]).toEqual([200, ""]);
  });
});

describe("bodies that cannot be read", () => {
  const path = "/openai/v1/vector_stores";

  test("malformed JSON is refused without being quoted", async () => {
    const { status, json } = await server.post(path, '{"name": "secret');
    expect([status, json.error.type]).toEqual([400, "invalid_request_error"]);
    expect(json.error.message).toContain("not valid JSON");
    expect(json.error.message).not.toContain("secret");
  });

  test("invalid UTF-8 is refused", async () => {
    const { status, json } = await server.post(path, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect([status, json.error.message]).toEqual([400, "The request body is not valid UTF-8."]);
  });

  test("a body of another type is refused", async () => {
    const { status, json } = await server.call(path, {
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
    const { status, json } = await server.post(path, `{"name":"${"x".repeat(1_100_000)}"}`);
    expect([status, json.error.code]).toEqual([413, "payload_too_large"]);
  });

  test("a JSON body that is no object is refused", async () => {
    for (const body of ["[]", "3", '"x"']) expect((await server.post(path, body)).status).toBe(400);
  });
});

test("another tenant's files and stores do not exist", async () => {
  await using shared = await startTestApp({
    apiKeys: [
      testKey({ tenant: "acme", name: "a", key: "key-a" }),
      testKey({ tenant: "beta", name: "b", key: "key-b" }),
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
