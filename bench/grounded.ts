import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";

import { openEmbeddedStorage } from "../src/storage/embedded/embedded.ts";
import { spawnServer } from "../test/support/process.ts";
import { type BuiltDocument, buildStore } from "./build-store.ts";
import { createTextMaker } from "./text-maker.ts";

/**
 * CPU of the server for a grounded question, asked through the API of a store of many passages and answered by the built-in
 * answerer: npm run bench -- grounded [--passages N] [--questions N] [--data FOLDER]. With `--data` the store is kept and used again.
 */
const { values } = parseArgs({
  options: {
    passages: { type: "string", default: "100000" },
    questions: { type: "string", default: "400" },
    data: { type: "string" },
  },
});
const STORE = "vs_bench";
const PER_FILE = 500;
/** Questions asked before any is counted: caches fill, code is compiled. */
const WARM_UP = 100;

const dataDir = values.data ?? (await mkdtemp(join(tmpdir(), "groundwire-bench-")));
await mkdir(dataDir, { recursive: true });
const maker = createTextMaker();
const questions = await prepare(Number(values.passages));

/** Builds the store, unless it is there, and answers questions about its passages. */
async function prepare(count: number): Promise<string[]> {
  const kept = await readFile(join(dataDir, "questions.json"), "utf8").catch(() => null);
  // Written below.
  if (kept !== null) return JSON.parse(kept) as string[];
  await writeFile(join(dataDir, "samples.json"), "{}");
  const storage = await openEmbeddedStorage({ dataDir });
  const asked: string[] = [];
  function* documents(): Generator<BuiltDocument> {
    for (let file = 0; file * PER_FILE < count; file++) {
      const passages = Array.from({ length: PER_FILE }, () => ({
        text: maker.passage(),
        heading: maker.heading(),
      }));
      asked.push(...passages.slice(0, 3).map(({ text }) => maker.question(text)));
      const title = maker.heading();
      yield { filename: `${file}.txt`, title, language: "en", passages };
    }
  }
  await buildStore(storage, STORE, documents());
  await storage.close();
  await writeFile(join(dataDir, "questions.json"), JSON.stringify(asked));
  return asked;
}

/** Segments are merged in the background after the first search: waits until a second costs next to nothing. */
async function idle(pid: number): Promise<void> {
  for (let before = -1, now = await cpuOf(pid); now - before > 0.05; now = await cpuOf(pid)) {
    before = now;
    await setTimeout(1_000);
  }
}

/** CPU seconds of a process so far, user and system. */
async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const server = await spawnServer({ GROUNDWIRE_DATA_DIR: dataDir });
const pid = server.process.pid ?? 0;
const times: number[] = [];
let refused = 0;
let before = 0;
const count = Math.min(Number(values.questions), questions.length - WARM_UP);
for (const [index, question] of questions.slice(0, WARM_UP + count).entries()) {
  if (index === 1) await idle(pid);
  if (index === WARM_UP) before = await cpuOf(pid);
  const started = performance.now();
  const response = await fetch(`${server.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "groundwire",
      messages: [{ role: "user", content: question }],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: STORE } }],
    }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  if (index < WARM_UP) continue;
  times.push(performance.now() - started);
  if (text.includes("is not found in the retrieved data")) refused++;
}
const cpu = ((await cpuOf(pid)) - before) * 1_000;
await server.end("SIGTERM");
times.sort((left, right) => left - right);
const rounded = (value: number): number => Math.round(value * 100) / 100;
console.table([
  {
    passages: Number(values.passages),
    questions: count,
    "CPU ms a question": rounded(cpu / count),
    "p50 ms": rounded(times[Math.floor(count / 2)] ?? 0),
    "p95 ms": rounded(times[Math.floor(count * 0.95)] ?? 0),
    refused,
  },
]);
if (values.data === undefined) await rm(dataDir, { recursive: true, force: true });
