import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { spawnServer } from "../test/support/process.ts";

/**
 * What runs of the code interpreter do to chat streams: how late the pieces of streams arrive, without and with many runs at the
 * same time: npm run bench -- interpreter [--calls N] [--streams N] [--rounds N].
 */
const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "50" },
    streams: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
  },
});
const EVERY_MS = 20;
const PIECES = 400;
const KEY = "bench";

const upstream = createServer((request, reply) => {
  request.resume().on("end", () => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    let left = PIECES;
    const timer = setInterval(() => {
      if (left-- === 0 || reply.destroyed) {
        clearInterval(timer);
        reply.end("data: [DONE]\n\n");
        return;
      }
      const delta = { content: String(performance.now()) };
      const choices = [{ index: 0, delta, finish_reason: null }];
      reply.write(`data: ${JSON.stringify({ object: "chat.completion.chunk", choices })}\n\n`);
    }, EVERY_MS);
  });
});
upstream.listen(0, "127.0.0.1");
await once(upstream, "listening");
// A TCP server's address is an object.
const { port } = upstream.address() as AddressInfo;

const folder = await mkdtemp(join(tmpdir(), "groundwire-bench-"));
await writeFile(
  join(folder, "groundwire.yaml"),
  `deployments:
  streams: { upstreams: [{ type: openai, base_url: "http://127.0.0.1:${port}/v1" }] }
  tables: {}
keys: [{ name: bench, key: ${KEY} }]
code_interpreter: { queue: ${values.calls} }
`,
);
const server = await spawnServer({
  GROUNDWIRE_CONFIG: join(folder, "groundwire.yaml"),
  GROUNDWIRE_DATA_DIR: folder,
});

function ask(body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "api-key": KEY },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** How long each piece of one stream was on its way through the server, in milliseconds. */
async function lateness(): Promise<number[]> {
  const messages = [{ role: "user", content: "Go on." }];
  const response = await ask({ model: "streams", stream: true, messages });
  const late: number[] = [];
  let text = "";
  for await (const bytes of response.body ?? []) {
    const now = performance.now();
    text += Buffer.from(bytes).toString("utf8");
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const [, sent] = /"content":"([\d.]+)"/u.exec(event) ?? [];
      if (sent !== undefined) late.push(now - Number(sent));
    }
  }
  return late;
}

async function streams(): Promise<number[]> {
  const all = await Promise.all(Array.from({ length: Number(values.streams) }, lateness));
  return all.flat().toSorted((left, right) => left - right);
}

async function upload(): Promise<string> {
  const form = new FormData();
  form.set("purpose", "assistants");
  const rows = Array.from({ length: 2_000 }, (_, row) => `town ${row % 40},${row},${row % 97}`);
  form.set("file", new File([["town,day,nights", ...rows].join("\n")], "data.csv"));
  const response = await fetch(`${server.url}/openai/v1/files`, {
    method: "POST",
    headers: { "api-key": KEY },
    body: form,
  });
  // The contract's answer to an upload.
  return ((await response.json()) as { id: string }).id;
}

/** Statuses of so many summaries asked for at once, and how long all of them took in seconds. */
async function summaries(fileId: string, count: number) {
  const started = performance.now();
  const statuses = await Promise.all(
    Array.from({ length: count }, async () => {
      const response = await ask({
        model: "tables",
        messages: [{ role: "user", content: "Summarise data.csv" }],
        tools: [{ type: "code_interpreter" }],
        tool_resources: { code_interpreter: { file_ids: [fileId] } },
      });
      await response.arrayBuffer();
      return response.status;
    }),
  );
  return { statuses, seconds: (performance.now() - started) / 1000 };
}

const percentile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

try {
  const fileId = await upload();
  // The sandbox is chosen, and code is compiled, before anything counts.
  await summaries(fileId, 1);
  await streams();
  const rows = [];
  for (let round = 1; round <= Number(values.rounds); round++) {
    const alone = await streams();
    const [beside, { statuses, seconds }] = await Promise.all([
      streams(),
      summaries(fileId, Number(values.calls)),
    ]);
    rows.push({
      round,
      "p50 alone": percentile(alone, 0.5).toFixed(2),
      "p99 alone": percentile(alone, 0.99).toFixed(2),
      "p50 beside": percentile(beside, 0.5).toFixed(2),
      "p99 beside": percentile(beside, 0.99).toFixed(2),
      "added p99": (percentile(beside, 0.99) - percentile(alone, 0.99)).toFixed(2),
      answered: statuses.filter((status) => status === 200).length,
      seconds: seconds.toFixed(1),
    });
  }
  console.log(
    `Milliseconds a piece of ${values.streams} streams is on its way; ${values.calls} runs beside.`,
  );
  console.table(rows);
} finally {
  await server.end("SIGTERM");
  upstream.close();
  await rm(folder, { recursive: true, force: true });
}
