import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import OpenAI from "openai";
import { Pool } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";

import { type ServerProcess, spawnServer } from "../support/process.ts";
import { hostileRequest, type HostileRequest } from "./support/hostile-requests.ts";
import { KEY } from "./support/stand.ts";

const REQUESTS = Number(process.env["GROUNDWIRE_FUZZ_REQUESTS"] ?? 100_000);
const SEED = Number(process.env["GROUNDWIRE_FUZZ_SEED"] ?? 20_261_124);
/** Requests are generated in batches of this size; batch `n` has the seed `SEED + n`. */
const BATCH = 1000;
const CONNECTIONS = 16;
/** An answer that takes this long counts as a socket that hangs. */
const HUNG_MS = 20_000;

let model: Server;
let server: ServerProcess;
let folder = "";
let known = { key: KEY, deployments: ["library", "gpt-4o"], store: "", file: "" };

beforeAll(async () => {
  model = await startTrustyModel();
  folder = await mkdtemp(join(tmpdir(), "groundwire-fuzz-"));
  const path = join(folder, "groundwire.yaml");
  const { port } = model.address() as AddressInfo; // it listens on TCP
  await writeFile(
    path,
    `keys: [{ name: fuzz, key: ${KEY} }]
deployments:
  library: {}
  gpt-4o: { upstreams: [{ type: openai, base_url: "http://127.0.0.1:${port}/v1" }] }
`,
  );
  server = await spawnServer({
    GROUNDWIRE_CONFIG: path,
    GROUNDWIRE_DATA_DIR: join(folder, "data"),
  });
  const client = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: KEY });
  const store = await client.vectorStores.create({ name: "known" });
  const text = "# Passwords\n\nA password has at least 14 characters.\n";
  const file = await client.vectorStores.files.uploadAndPoll(store.id, new File([text], "p.md"));
  known = { ...known, store: store.id, file: file.id };
}, 60_000);
afterAll(async () => {
  await server.end("SIGTERM");
  model.closeAllConnections();
  model.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

it(
  `answers ${REQUESTS} hostile requests without a failure of its own, and goes on serving`,
  async () => {
    const pool = new Pool(server.url, {
      connections: CONNECTIONS,
      headersTimeout: HUNG_MS,
      bodyTimeout: HUNG_MS,
    });
    const statuses = new Map<number, number>();
    const failures: string[] = [];
    for (let batch = 0; batch * BATCH < REQUESTS && failures.length < 10; batch += 1) {
      const requests = fc.sample(hostileRequest(known), { seed: SEED + batch, numRuns: BATCH });
      const queue = requests.values();
      const worker = async (): Promise<void> => {
        for (const request of queue) {
          const { status, problem } = await send(pool, request);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (problem !== null) failures.push(`${problem}: ${describe(request)}`);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    }
    await pool.destroy();
    const counts = [...statuses].toSorted(([left], [right]) => left - right);
    process.stdout.write(
      `fuzz, seed ${SEED}: ${counts.map(([status, count]) => `${status} × ${count}`).join(", ")}\n`,
    );
    expect(failures).toEqual([]);
    expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(REQUESTS);
    expect(server.process.exitCode).toBeNull();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  },
  10 * 60_000,
);

/** Status 0: there was none. */
async function send(
  pool: Pool,
  request: HostileRequest,
): Promise<{ status: number; problem: string | null }> {
  const { method, path, headers, body, hangsUp } = request;
  try {
    const answer = await pool.request({
      // Any method at all is the point.
      method: method as "GET",
      path,
      headers: body === null ? headers : { "content-type": "application/json", ...headers },
      body,
    });
    const status = answer.statusCode;
    if (hangsUp) {
      answer.body.on("error", () => {});
      answer.body.destroy();
      return { status, problem: status >= 500 ? `status ${status}` : null };
    }
    const text = await answer.body.text();
    if (status >= 500) return { status, problem: `status ${status} ${text.slice(0, 300)}` };
    if (status >= 400 && method !== "HEAD" && !isErrorBody(text))
      return { status, problem: `status ${status} without an error: ${text.slice(0, 300)}` };
    return { status, problem: null };
  } catch (error) {
    return { status: 0, problem: String(error) };
  }
}

function isErrorBody(text: string): boolean {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } }; // looked at below
    return typeof error?.message === "string";
  } catch {
    return false;
  }
}

function describe({ method, path, headers, body }: HostileRequest): string {
  return `${method} ${path} ${JSON.stringify(headers)} ${body?.toString("latin1").slice(0, 600) ?? ""}`;
}

/** A model's server that never fails, so that every failure is the server's own. */
async function startTrustyModel(): Promise<Server> {
  const listening = createServer((request, reply) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>; // as our server wrote it
      const identity = { id: "c", created: 1, model: "gpt-4o" };
      if (request.url?.endsWith("/embeddings")) {
        const inputs = Array.isArray(body["input"]) ? body["input"] : [0];
        const count = typeof inputs[0] === "number" ? 1 : inputs.length;
        const data = Array.from({ length: count }, (_, index) => ({ index, embedding: [1, 2] }));
        reply.end(JSON.stringify({ object: "list", model: "e", data }));
      } else if (body["stream"] === true) {
        reply.writeHead(200, { "content-type": "text/event-stream" });
        const delta = { role: "assistant", content: "Yes [doc1]." };
        const choices = [{ index: 0, delta, finish_reason: "stop" }];
        reply.end(
          `data: ${JSON.stringify({ ...identity, object: "chat.completion.chunk", choices })}\n\ndata: [DONE]\n\n`,
        );
      } else {
        const message = { role: "assistant", content: "Yes." };
        const choices = [{ index: 0, message, finish_reason: "stop" }];
        reply.writeHead(200, { "content-type": "application/json" });
        reply.end(JSON.stringify({ ...identity, object: "chat.completion", choices }));
      }
    });
  });
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return listening;
}
