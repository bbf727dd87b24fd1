import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type FaultProxy, startFaultProxy } from "../src/testing/fault-proxy.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const KEY = "callers-key-1d2c";

/** A server that only operators may reach, as seen by whoever connects. */
let inside: Server;
let connections = 0;
let port: number;
/** A host that the operator lists, and that its owner has turned against this server. */
let listed: FaultProxy;
let server: TestServer;
beforeAll(async () => {
  inside = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  inside.listen(0, "127.0.0.1");
  await once(inside, "listening");
  port = (inside.address() as AddressInfo).port; // it listens on TCP
  listed = await startFaultProxy({});
  server = await startTestServer({
    GROUNDWIRE_ALLOW_HOSTS: `127.0.0.1:${listed.port}`,
    GROUNDWIRE_SOURCE_SECONDS: "1",
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await listed[Symbol.asyncDispose]();
  inside.close();
});

type Ask = (url: string) => Promise<{ status: number; json: any; text: string }>;

const chat = (source: object) =>
  server.call("POST", "/openai/deployments/any/chat/completions?api-version=2024-10-21", {
    messages: [{ role: "user", content: "How many days of annual leave are there?" }],
    data_sources: [source],
  });

const azureSearch: Ask = (endpoint) =>
  chat({
    type: "azure_search",
    parameters: {
      endpoint,
      index_name: "i",
      authentication: { type: "api_key", key: KEY },
    },
  });
const elasticsearch: Ask = (endpoint) =>
  chat({
    type: "elasticsearch",
    parameters: {
      endpoint,
      index_name: "i",
      authentication: { type: "encoded_api_key", encoded_api_key: KEY },
    },
  });
/** Who lets in by this server's identity would be given a token. */
const managedIdentity: Ask = (endpoint) =>
  chat({
    type: "azure_search",
    parameters: {
      endpoint,
      index_name: "i",
      authentication: { type: "system_assigned_managed_identity" },
    },
  });

const HOSTS = [
  "127.0.0.1",
  "localhost",
  "LOCALHOST.",
  "127.0.0.1.",
  "127.1",
  "2130706433",
  "0x7f000001",
  "0x7f.0.0.1",
  "017700000001",
  "①②⑦.⓪.⓪.①",
  "0.0.0.0",
  "0",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[64:ff9b::127.0.0.1]",
  "[2002:7f00:1::]",
  "10.0.0.1",
  "192.168.0.1",
  "100.64.0.1",
  "169.254.169.254",
  "[fd00:ec2::254]",
  "[fe80::1]",
  "168.63.129.16",
  "100.100.100.200",
  "224.0.0.1",
];

describe.each<[string, Ask]>([
  ["azure_search", azureSearch],
  ["elasticsearch", elasticsearch],
  ["azure_search by a managed identity", managedIdentity],
])("%s", (_name, ask) => {
  it.each(HOSTS.flatMap((host) => [`http://${host}`, `https://${host}`]))(
    "does not connect to %s",
    async (base) => {
      const { status, json, text } = await ask(`${base}:${port}`);
      expect([status, json.error.code]).toEqual([400, 400]);
      expect(json.error.message).toMatch(/does not connect to|No token of a managed identity/u);
      expect(text).not.toContain(KEY);
      expect(connections).toBe(0);
    },
  );

  it("does not connect to an address with a user name", async () => {
    const { status, text } = await ask(`https://user:hush@127.0.0.1:${listed.port}`);
    expect(status).toBe(400);
    expect(text).not.toContain("hush");
  });

  it("does not connect to another port of a listed host", async () => {
    expect((await ask(`http://127.0.0.1:${port}`)).status).toBe(400);
    expect(connections).toBe(0);
  });
});

describe.each<[string, Ask]>([
  ["azure_search", azureSearch],
  ["elasticsearch", elasticsearch],
])("a listed host that answers %s", (_name, ask) => {
  const fault = async (what: Parameters<FaultProxy["fault"]>[0]) => {
    listed.fault(what);
    const began = performance.now();
    const { status, json, text } = await ask(listed.url);
    expect(text).not.toContain(KEY);
    expect(json.error.message).toContain(`127.0.0.1:${listed.port}`);
    return { status, took: performance.now() - began };
  };

  it("with a redirect is not followed", async () => {
    const location = `http://127.0.0.1:${port}/latest/meta-data/`;
    expect((await fault({ type: "redirect", location })).status).toBe(400);
    expect(connections).toBe(0);
  });

  it("never, is given up", async () => {
    const { status, took } = await fault({ type: "slow-headers" });
    expect(status).toBe(504);
    expect(took).toBeLessThan(3_000);
  });

  it("without an end, is given up", async () => {
    expect((await fault({ type: "slow-body" })).status).toBe(504);
    expect((await fault({ type: "oversized" })).status).toBe(400);
  });

  it("with the key it was sent, has it masked", async () => {
    const body = { error: { type: "x", reason: `no ${KEY}`, message: `no ${KEY}` } };
    expect((await fault({ type: "status", status: 400, body })).status).toBe(400);
  });
});
