import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, test, vi } from "vitest";

import { startEmbeddingHost } from "../testing/embedding-host.ts";
import { startFaultProxy } from "../testing/fault-proxy.ts";
import { trustTestCertificate } from "../testing/test-certificate.ts";
import { parseHostPattern } from "../util/host-pattern.ts";
import { createHostGuard } from "./host-guard.ts";
import {
  createJsonClients,
  type JsonCall,
  type JsonClients,
  type JsonLimits,
} from "./json-client.ts";
import { eventually } from "../testing/eventually.ts";

const LOCAL: LookupAddress[] = [{ address: "127.0.0.1", family: 4 }];

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

interface Options {
  allowed?: string[];
  limits?: Partial<JsonLimits>;
  resolve?: (host: string) => Promise<LookupAddress[]>;
}

function open({ allowed = ["127.0.0.1", "localhost"], limits = {}, resolve }: Options = {}) {
  const guard = createHostGuard({
    allowed: allowed.map((text) => parseHostPattern(text)).filter((one) => one !== null),
    ...(resolve === undefined ? {} : { resolve }),
  });
  const clients: JsonClients = createJsonClients({
    guard,
    limits: { firstBackoffMs: 5, ...limits },
    random: () => 0,
  });
  opened.push(() => clients.close());
  const client = clients.clientFor("test_source");
  return (url: string, call: Partial<JsonCall> = {}) =>
    client.request({ url: new URL(url), signal: new AbortController().signal, ...call });
}

async function serve(
  answer: (request: IncomingMessage, reply: ServerResponse) => void,
): Promise<{ url: string; port: number; server: Server; connections: () => number }> {
  let connections = 0;
  const server = createServer(answer);
  server.on("connection", () => void connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, server, connections: () => connections };
}

const json = (reply: ServerResponse, body: unknown, status = 200): void => {
  reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

describe("names", () => {
  test("are resolved once for a connection, and the connection goes to what was checked", async () => {
    const host = await serve((_request, reply) => json(reply, { ok: true }));
    const resolve = vi.fn(async () => LOCAL);
    // No name server knows it: only the answer above leads anywhere.
    const request = open({ allowed: ["*.corp.internal"], resolve });
    const url = `http://search.corp.internal:${host.port}/`;
    expect((await request(url)).body).toEqual({ ok: true });
    await request(url);
    expect(resolve.mock.calls.length).toBe(host.connections());
  });

  test("that lead elsewhere the second time are checked the second time", async () => {
    const host = await serve((_request, reply) => {
      reply.shouldKeepAlive = false;
      json(reply, {});
    });
    const answers = [LOCAL, [{ address: "169.254.169.254", family: 4 }]];
    const request = open({
      allowed: ["search.corp.internal"],
      resolve: async () => answers.shift() ?? [],
    });
    const url = `http://search.corp.internal:${host.port}/`;
    await request(url);
    await expect(request(url)).rejects.toMatchObject({ code: "host_not_allowed" });
  });

  test("that lead into this network are refused before anything is sent", async () => {
    const host = await serve((_request, reply) => json(reply, {}));
    const request = open({ allowed: [], resolve: async () => LOCAL });
    const url = `https://rebinding.example:${host.port}/`;
    await expect(request(url)).rejects.toMatchObject({ code: "host_not_allowed" });
    expect(host.connections()).toBe(0);
  });
});

describe("an address", () => {
  test.each([
    ["http://search.example.com/", "unencrypted"],
    ["https://10.0.0.1/", "not a public one"],
    ["https://user:secret@search.example.com/", "no user name or password"],
  ])("%s is refused", async (url, reason) => {
    const refused = open({ allowed: [] })(url);
    await expect(refused).rejects.toMatchObject({ code: "host_not_allowed" });
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.not.toThrow("secret");
  });
});

describe("TLS", () => {
  test("of an unknown issuer, or for another name, is told as such", async () => {
    await using host = await startEmbeddingHost({ tls: true });
    const request = open({ allowed: ["localhost", "other.example"], resolve: async () => LOCAL });
    const localhost = `https://localhost:${host.port}/`;
    await expect(request(localhost, { body: {} })).rejects.toThrow("NODE_EXTRA_CA_CERTS");
    trustTestCertificate();
    const again = open({ allowed: ["localhost", "other.example"], resolve: async () => LOCAL });
    await expect(again(localhost, { body: { input: "a" } })).resolves.toMatchObject({
      status: 200,
    });
    const other = again(`https://other.example:${host.port}/`, { body: {} });
    await expect(other).rejects.toThrow("a certificate for another name");
  });

  test("where none is spoken is told as such", async () => {
    const host = await serve((_request, reply) => json(reply, {}));
    const request = open()(`https://127.0.0.1:${host.port}/`);
    await expect(request).rejects.toMatchObject({
      code: "data_source_unavailable",
      message: expect.stringMatching(/^test_source at 127\.0\.0\.1:\d+ .*TLS/u),
    });
  });
});

describe("pauses", () => {
  test("are taken as the host wants them, at most three times", async () => {
    let asked = 0;
    const host = await serve((_request, reply) => {
      asked++;
      reply.writeHead(429, { "retry-after-ms": "10" }).end("{}");
    });
    const began = performance.now();
    const { status } = await open()(host.url);
    expect([status, asked]).toEqual([429, 4]);
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
  });

  test("are not taken when they are longer than the time that is left", async () => {
    let asked = 0;
    const host = await serve((_request, reply) => {
      asked++;
      reply.writeHead(503, { "retry-after": "1" }).end("busy");
    });
    const reply = await open({ limits: { totalMs: 500 } })(host.url);
    expect([reply.status, reply.text, reply.body, asked]).toEqual([503, "busy", undefined, 1]);
  });

  test.each([400, 401, 403, 404, 409, 500, 502])("are not taken after %i", async (status) => {
    let asked = 0;
    const host = await serve((_request, reply) => {
      asked++;
      json(reply, { error: "no" }, status);
    });
    expect(await open()(host.url)).toMatchObject({ status, body: { error: "no" } });
    expect(asked).toBe(1);
  });

  test("end with the signal", async () => {
    const host = await serve((_request, reply) => {
      reply.writeHead(429, { "retry-after": "5" }).end("{}");
    });
    const controller = new AbortController();
    const asked = open()(host.url, { signal: controller.signal });
    await eventually(() => expect(host.connections()).toBe(1));
    controller.abort(new Error("left"));
    await expect(asked).rejects.toThrow("left");
  });
});

describe("connections", () => {
  test("that were closed while they were kept are opened again", async () => {
    const host = await serve((_request, reply) => json(reply, { ok: true }));
    await using front = await startFaultProxy({ target: host.url });
    const request = open();
    await request(front.url);
    front.fault({ type: "reset", midBody: false }, { times: 1 });
    expect((await request(front.url)).body).toEqual({ ok: true });
    expect(front.counts).toEqual({ faults: 1, forwarded: 2 });
  });

  test("are sixteen to a host; the others wait", async () => {
    let now = 0;
    let most = 0;
    const host = await serve((_request, reply) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        json(reply, {});
      }, 20);
    });
    const request = open();
    await Promise.all(Array.from({ length: 40 }, () => request(host.url)));
    expect(most).toBe(16);
  });

  test("are left as soon as nobody waits for the answer", async () => {
    let left = false;
    const host = await serve((_request, reply) => void reply.on("close", () => (left = true)));
    const controller = new AbortController();
    const asked = open()(host.url, { signal: controller.signal });
    await eventually(() => expect(host.connections()).toBe(1));
    controller.abort(new Error("left"));
    await expect(asked).rejects.toThrow("left");
    await eventually(() => expect(left).toBe(true));
  });
});

test("a redirect is told as such", async () => {
  const host = await serve((_request, reply) => {
    reply.writeHead(307, { location: "http://127.0.0.1:1/" }).end();
  });
  await expect(open()(host.url)).rejects.toMatchObject({
    code: "data_source_invalid",
    message: expect.stringContaining("a redirect (307), which is not followed"),
  });
});

test("credentials that no header can carry are told as such, and not repeated", async () => {
  const host = await serve((_request, reply) => json(reply, {}));
  const asked = open()(host.url, { headers: { "api-key": "hush\r\nx-admin: 1" } });
  await expect(asked).rejects.toMatchObject({
    code: "data_source_invalid",
    message: expect.stringMatching(/^(?!.*hush).*characters that no header carries/u),
  });
  expect(host.connections()).toBe(0);
});

test("a request that is too large is not sent", async () => {
  const host = await serve((_request, reply) => json(reply, {}));
  const request = open({ limits: { mostRequestBytes: 100 } });
  const body = { text: "x".repeat(200) };
  await expect(request(host.url, { body })).rejects.toThrow("too large");
  expect(host.connections()).toBe(0);
});

test("an answer that comes byte by byte ends with the time allowed", async () => {
  const host = await serve((_request, reply) => {
    reply.writeHead(200);
    const drip = setInterval(() => reply.write(" "), 20);
    reply.on("close", () => clearInterval(drip));
  });
  const began = performance.now();
  const asked = open({ limits: { totalMs: 300 } })(host.url);
  await expect(asked).rejects.toMatchObject({ code: "data_source_timeout" });
  expect(performance.now() - began).toBeLessThan(1_000);
});

test.each([
  ["api-key", "key-of-the-caller"],
  ["Authorization", "Bearer token-of-the-caller"],
])("what a host repeats of %s is masked", async (name, value) => {
  const host = await serve((request, reply) => json(reply, { echo: request.headers }, 403));
  const { body, text } = await open()(host.url, { headers: { [name]: value } });
  expect(text).not.toContain("of-the-caller");
  expect(JSON.stringify(body)).not.toContain("of-the-caller");
});
