import { mkdtemp, rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { openConversations } from "../src/conversations/open.ts";
import { startTestApp } from "../src/testing/http-services.ts";
import { startPostgres, startRedis } from "../test/support/databases.ts";
import { seedConversations } from "./seed-conversations.ts";

/**
 * How long an owner of many conversations waits for a page of them and for a search, over HTTP:
 * npm run bench -- conversations [--count N] [--stores memory,sqlite,…]. `encrypted` is SQLite with a key.
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000" },
    stores: { type: "string", default: "memory,sqlite,encrypted,redis,postgres" },
    rounds: { type: "string", default: "15" },
  },
});
const count = Number(values.count);

/** What is asked for, with the query it is asked by. */
const REQUESTS = {
  "first page": () => "limit=40",
  "page in the middle": (middle: string) => `limit=40&after=${middle}`,
  "a word of every conversation": () => "limit=40&search=leave",
  "a word of one in a hundred": () => "limit=40&search=topic42",
  "a word of one conversation": () => `limit=40&search=case${Math.floor(count / 2)}x`,
  "two letters": () => "limit=40&search=zq",
  "a word of none": () => "limit=40&search=unheard-of",
};

async function measure(name: string, url: string): Promise<Record<string, string | number>> {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-bench-"));
  const encryptionKey = name === "encrypted" ? randomBytes(32) : null;
  const settings = { url, retentionDays: null, encryptionKey };
  const conversations = await openConversations(settings, folder);
  const app = await startTestApp({}, { conversations });
  try {
    const ids = await seedConversations(conversations, { count, messages: 4 });
    const middle = ids[Math.floor(ids.length / 2)] ?? "";
    const row: Record<string, string | number> = { store: name };
    for (const [request, queryOf] of Object.entries(REQUESTS)) {
      row[request] = await timesOf(() =>
        app.call(`/groundwire/conversations?${queryOf(middle)}`).then(({ status }) => {
          if (status !== 200) throw new Error(`${name}, ${request}: ${status}`);
        }),
      );
    }
    return row;
  } finally {
    await app[Symbol.asyncDispose]();
    await conversations.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Median and slowest, in milliseconds; the first time does not count. */
async function timesOf(work: () => Promise<void>): Promise<string> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((left, right) => left - right);
  return `${times[Math.floor(times.length / 2)]?.toFixed(1)} (${times.at(-1)?.toFixed(1)})`;
}

const DATABASES: Record<string, typeof startRedis> = { redis: startRedis, postgres: startPostgres };

const rows: Record<string, string | number>[] = [];
for (const name of values.stores.split(",")) {
  const start = DATABASES[name];
  const database = start === undefined ? null : await start();
  try {
    rows.push(await measure(name, database?.url ?? (name === "memory" ? "memory:" : "sqlite:")));
  } finally {
    await database?.[Symbol.asyncDispose]();
  }
}
console.log(`${count} conversations; milliseconds, median (slowest) of ${values.rounds}:`);
for (const row of rows) console.table([row]);
