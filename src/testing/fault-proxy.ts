import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, request as requestHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** What goes wrong with an answer. */
export type Fault =
  | { type: "status"; status: number; headers?: Record<string, string>; body?: unknown }
  /** The request is taken and never answered. */
  | { type: "slow-headers" }
  /** The answer begins and never ends. */
  | { type: "slow-body" }
  /** The connection is reset before an answer, or within it. */
  | { type: "reset"; midBody: boolean }
  /** The connection ends in the middle of the announced body. */
  | { type: "truncated" }
  /** An answer without end, as fast as it is taken. */
  | { type: "oversized" }
  | { type: "not-json" }
  | { type: "redirect"; location: string };

export interface FaultProxy extends AsyncDisposable {
  /** `http://127.0.0.1:…` or `https://localhost:…`, of the same scheme as given certificates say. */
  url: string;
  port: number;
  /** Requests answered with a fault so far, and requests handed on. */
  counts: { faults: number; forwarded: number };
  /** Hands `after` requests on, then answers all (or `times`) with the fault. */
  fault(fault: Fault, options?: { after?: number; times?: number }): void;
  /** Requests being answered right now. */
  busy(): number;
}

export interface FaultProxyOptions {
  /** The host that answers when nothing goes wrong; without it everything is a fault. */
  target?: string;
  /** PEM; without them it speaks plain HTTP. */
  tls?: { key: string; cert: string };
}

/** Stands in front of a host that speaks HTTP and lets go wrong what can. */
export async function startFaultProxy({ target, tls }: FaultProxyOptions): Promise<FaultProxy> {
  const counts = { faults: 0, forwarded: 0 };
  const sockets = new Set<Socket>();
  let busy = 0;
  let plan: { fault: Fault; after: number; times: number } | null = null;

  function handle(request: IncomingMessage, reply: ServerResponse): void {
    busy++;
    reply.once("close", () => void busy--);
    if (plan !== null && plan.after === 0 && plan.times > 0) {
      plan.times--;
      const { fault } = plan;
      const { remotePort } = request.socket;
      // Beneath TLS: only a TCP connection can be reset.
      const reset = (): void => {
        [...sockets].find((socket) => socket.remotePort === remotePort)?.resetAndDestroy();
      };
      counts.faults++;
      request.resume().once("end", () => commit(fault, reply, reset));
      return;
    }
    if (plan !== null && plan.after > 0) plan.after--;
    counts.forwarded++;
    forward(request, reply, target ?? "");
  }

  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    counts,
    fault: (fault, { after = 0, times = Infinity } = {}) => {
      plan = { fault, after, times };
    },
    busy: () => busy,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const SOME_JSON = JSON.stringify({ value: Array.from({ length: 200 }, (_, id) => ({ id })) });

function commit(fault: Fault, reply: ServerResponse, reset: () => void): void {
  const json = { "content-type": "application/json" };
  switch (fault.type) {
    case "status":
      reply
        .writeHead(fault.status, { ...json, ...fault.headers })
        .end(typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body ?? {}));
      return;
    case "slow-headers":
      return;
    case "slow-body":
      reply.writeHead(200, json).write(SOME_JSON.slice(0, 100));
      return;
    case "reset":
      if (!fault.midBody) {
        reset();
        return;
      }
      reply.writeHead(200, json);
      reply.write(SOME_JSON.slice(0, 100), reset);
      return;
    case "truncated":
      reply.writeHead(200, { ...json, "content-length": SOME_JSON.length });
      reply.write(SOME_JSON.slice(0, 100), () => reply.socket?.end());
      return;
    case "oversized":
      reply.writeHead(200, json);
      writeWithoutEnd(reply);
      return;
    case "not-json":
      reply.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
      return;
    case "redirect":
      reply.writeHead(302, { location: fault.location }).end();
  }
}

function writeWithoutEnd(reply: ServerResponse): void {
  const piece = `[${"0,".repeat(32_768)}`;
  const more = (): void => {
    while (!reply.destroyed && reply.write(piece));
    if (!reply.destroyed) reply.once("drain", more);
  };
  more();
}

function forward(request: IncomingMessage, reply: ServerResponse, target: string): void {
  const url = new URL(request.url ?? "/", target);
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const options = {
    method: request.method,
    headers: { ...request.headers, host: url.host },
    // Test hosts have certificates of their own.
    rejectUnauthorized: false,
    agent: false as const,
  };
  const onward = send(url, options, (answer) => {
    reply.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(reply);
  });
  onward.on("error", () => reply.destroy());
  reply.once("close", () => onward.destroy());
  request.pipe(onward);
}
