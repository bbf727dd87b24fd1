import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import OpenAI, { toFile } from "openai";
import { afterEach, beforeEach, expect, it } from "vitest";

import { spawnServer } from "./support/process.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "groundwire-durability-"));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

const text = (index: number): string =>
  `# Berth ${index}\n\n${`Berth ${index} is ${index * 3 + 100} metres long. `.repeat(200)}`;

it(
  "settles every accepted file although the server is killed again and again",
  { timeout: 120_000 },
  async () => {
    const environment = { GROUNDWIRE_DATA_DIR: dataDir };
    let server = await spawnServer(environment);
    const client = (): OpenAI =>
      new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "none", maxRetries: 0 });
    const store = await client().vectorStores.create({ name: "berths" });
    const accepted: string[] = [];
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 5; index++) {
        const number = round * 5 + index;
        const file = await client().files.create({
          file: await toFile(Buffer.from(text(number)), `berth-${number}.md`),
          purpose: "assistants",
        });
        await client().vectorStores.files.create(store.id, { file_id: file.id });
        accepted.push(file.id);
      }
      expect(await server.end("SIGKILL")).toBe("SIGKILL");
      server = await spawnServer(environment);
    }
    try {
      const statuses = await Promise.all(
        accepted.map((id) =>
          client().vectorStores.files.poll(store.id, id, { pollIntervalMs: 50 }),
        ),
      );
      expect(statuses.map(({ status, last_error: error }) => ({ status, error }))).toEqual(
        accepted.map(() => ({ status: "completed", error: null })),
      );
      const found = await client().vectorStores.search(store.id, {
        query: "How long is berth 17?",
      });
      expect(found.data[0]?.filename).toBe("berth-17.md");
      expect((await client().vectorStores.retrieve(store.id)).file_counts).toMatchObject({
        completed: 20,
        in_progress: 0,
      });
    } finally {
      expect(await server.end("SIGTERM")).toBe(0);
    }
  },
);

it("refuses a second server on the same data folder and names the first", async () => {
  const first = await spawnServer({ GROUNDWIRE_DATA_DIR: dataDir });
  try {
    await expect(spawnServer({ GROUNDWIRE_DATA_DIR: dataDir })).rejects.toThrow(
      new RegExp(`${first.process.pid}`, "u"),
    );
  } finally {
    await first.end("SIGTERM");
  }
});
