import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GroundwireError } from "../protocol/errors.ts";
import { testTarget } from "../testing/target.ts";
import { forward } from "./forward.ts";

const SECRET = "sk-operator-secret";
const BODY = '{"model":"m",  "messages":[]}';

let dispatcher: Agent;
let servers: Server[];

beforeEach(() => {
  dispatcher = new Agent();
  servers = [];
});

afterEach(async () => {
  await dispatcher.destroy();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Front {
  url: string;
  /** How the forwarding of the one request ended. */
  outcome: Promise<unknown>;
  stop: AbortController;
}

/** A server of ours in front of an upstream. */
async function frontOf(upstreamUrl: string, limits: { idleMs?: number } = {}): Promise<Front> {
  const { promise: outcome, resolve } = Promise.withResolvers<unknown>();
  const stop = new AbortController();
  const url = await listen((request, reply) => {
    reply.once("close", () => stop.abort(new Error("gone")));
    forward({
      target: testTarget(upstreamUrl, { dispatcher, ...limits }),
      operation: "chat/completions",
      body: Buffer.from(BODY),
      callerHeaders: request.headers,
      reply,
      replyHeaders: () => ({ "x-request-id": "r1" }),
      signal: stop.signal,
      toErrorBody: (error) => JSON.stringify({ error: { code: error.code } }),
    }).then(
      () => resolve("done"),
      (error: unknown) => {
        resolve(error);
        reply.writeHead(502).end();
      },
    );
  });
  return { url, outcome, stop };
}

async function readAll(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of message) text += String(chunk);
  return text;
}

test("the body goes up unchanged with the operator's key, and of the caller's headers only what is meant for a model", async () => {
  let seen:
    | { headers: IncomingMessage["headers"]; url: string | undefined; body: string }
    | undefined;
  const upstream = await listen(async (request, reply) => {
    seen = { headers: request.headers, url: request.url, body: await readAll(request) };
    reply.writeHead(200, {
      "content-type": "application/json",
      "set-cookie": "a=b",
      "x-ratelimit-remaining-tokens": "7",
    });
    reply.end('{"ok": true}');
  });
  const front = await frontOf(upstream);
  const response = await fetch(front.url, {
    headers: {
      accept: "application/json",
      "api-key": "callers",
      authorization: "Bearer callers",
      cookie: "c=d",
    },
  });
  expect(await response.text()).toBe('{"ok": true}');
  expect(seen).toMatchObject({ url: "/v1/chat/completions?a=b", body: BODY });
  expect(seen?.headers).toMatchObject({
    authorization: `Bearer ${SECRET}`,
    accept: "application/json",
  });
  expect(seen?.headers).not.toHaveProperty("api-key");
  expect(seen?.headers).not.toHaveProperty("cookie");
  expect(response.headers.get("set-cookie")).toBeNull();
  expect(response.headers.get("x-ratelimit-remaining-tokens")).toBe("7");
  expect(response.headers.get("x-request-id")).toBe("r1");
});

test("events arrive one by one, as they are sent", async () => {
  const { promise: firstRead, resolve: goOn } = Promise.withResolvers<void>();
  const upstream = await listen(async (_request, reply) => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write("data: {}\n\n");
    await firstRead;
    reply.end("data: [DONE]\n\n");
  });
  const front = await frontOf(upstream);
  const response = await fetch(front.url);
  const pieces: string[] = [];
  for await (const chunk of response.body ?? []) {
    pieces.push(Buffer.from(chunk).toString());
    goOn();
  }
  expect(pieces).toEqual(["data: {}\n\n", "data: [DONE]\n\n"]);
  expect(response.headers.get("x-accel-buffering")).toBe("no");
});

test("an error of the model is handed over with its status, its waiting time and without the operator's key", async () => {
  const upstream = await listen((_request, reply) => {
    reply.writeHead(429, { "content-type": "application/json", "retry-after": "7" });
    reply.end(`{"error":{"message":"slow down ${SECRET}"}}`);
  });
  const front = await frontOf(upstream);
  await fetch(front.url);
  expect(await front.outcome).toMatchObject({
    code: "rate_limited",
    retryAfter: 7,
    upstream: { status: 429, body: '{"error":{"message":"slow down ***"}}' },
  });
});

test("a refused operator's key is not mistaken for the caller's", async () => {
  const upstream = await listen((_request, reply) => {
    reply.writeHead(401).end("{}");
  });
  const front = await frontOf(upstream);
  await fetch(front.url);
  const error = await front.outcome;
  expect(error).toMatchObject({ code: "upstream_refused", upstream: undefined });
});

test("an unreachable upstream is reported as unavailable", async () => {
  const front = await frontOf("http://127.0.0.1:1");
  expect((await fetch(front.url)).status).toBe(502);
  expect(await front.outcome).toMatchObject({ code: "upstream_unavailable" });
});

test("a stream that breaks off upstream ends with an error event", async () => {
  const upstream = await listen((_request, reply) => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write('data: {"a":1}\n\ndata: {"half an ev', () => reply.destroy());
  });
  const front = await frontOf(upstream);
  const text = await (await fetch(front.url)).text();
  expect(text).toBe('data: {"a":1}\n\n\ndata: {"error":{"code":"upstream_unavailable"}}\n\n');
});

test("nonsense within a stream ends it with an error event, and the upstream's work", async () => {
  const { promise: upstreamClosed, resolve: closed } = Promise.withResolvers<void>();
  const upstream = await listen((_request, reply) => {
    reply.once("close", closed);
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write('data: {"a":1}\n\n<html>502 Bad Gateway</html>\n');
  });
  const front = await frontOf(upstream);
  const text = await (await fetch(front.url)).text();
  expect(text).toContain('data: {"error":{"code":"upstream_refused"}}');
  expect(text).not.toContain("html");
  await upstreamClosed;
});

test("an upstream that falls silent within a stream is cut off with an error event", async () => {
  const upstream = await listen((_request, reply) => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write('data: {"a":1}\n\n');
  });
  const front = await frontOf(upstream, { idleMs: 100 });
  expect(await (await fetch(front.url)).text()).toContain('{"error":{"code":"upstream_timeout"}}');
});

test("a stream that is ended by a shutdown says so", async () => {
  const upstream = await listen((_request, reply) => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write("data: {}\n\n");
  });
  const front = await frontOf(upstream);
  const response = await fetch(front.url);
  front.stop.abort(new GroundwireError("shutting_down", "The server is shutting down."));
  expect(await response.text()).toContain('data: {"error":{"code":"shutting_down"}}');
});

test("a client that leaves before or during the answer ends the upstream's work", async () => {
  for (const answersFirst of [false, true]) {
    const { promise: upstreamClosed, resolve: closed } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const upstream = await listen((_request, reply) => {
      reply.once("close", closed);
      if (answersFirst)
        reply.writeHead(200, { "content-type": "text/event-stream" }).write("data: {}\n\n");
      reach();
    });
    const front = await frontOf(upstream);
    const client = httpRequest(front.url);
    client.on("error", () => {});
    client.end();
    await reached;
    client.destroy();
    await upstreamClosed;
    expect(await front.outcome).toBe("done");
  }
});

test("a client that reads slowly slows the upstream down", async () => {
  const chunk = Buffer.from(`data: {${"x".repeat(64 * 1024)}}\n\n`);
  let written = 0;
  let upstreamReply: ServerResponse | undefined;
  const { promise: stalled, resolve: stall } = Promise.withResolvers<void>();
  const upstream = await listen((_request, reply) => {
    upstreamReply = reply;
    reply.writeHead(200, { "content-type": "text/event-stream" });
    const pump = (): void => {
      while (written < 256 * 1024 * 1024) {
        written += chunk.length;
        if (!reply.write(chunk)) {
          // When nothing drains for this long, everything between here and the client is full.
          const timer = setTimeout(stall, 300);
          reply.once("drain", () => {
            clearTimeout(timer);
            pump();
          });
          return;
        }
      }
      stall();
    };
    pump();
  });
  const front = await frontOf(upstream);
  const client = httpRequest(front.url);
  client.on("error", () => {});
  client.on("response", (response) => response.pause());
  client.end();
  await stalled;
  expect(written).toBeLessThan(64 * 1024 * 1024);
  client.destroy();
  upstreamReply?.destroy();
});
