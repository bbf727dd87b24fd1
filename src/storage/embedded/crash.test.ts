import { spawn } from "node:child_process";
import { cpSync, globSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";

import { afterEach, beforeEach, expect, it } from "vitest";

import type { ChunkedDocument } from "../../ingest/document.ts";
import { createAnalyzer } from "../../search/analysis/analyze.ts";
import type { PassageHit, Storage } from "../storage.ts";
import { openDatabase, type Sql, sqlOf } from "./database.ts";
import { openEmbeddedStorage } from "./embedded.ts";
import { mergeStep } from "./passages/merge-step.ts";
import { PASSAGES_MIGRATIONS } from "./passages/schema.ts";
import { deleteFile, putFile } from "./passages/writer.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-crash-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const STORE = "vs_crash";
const FILES = 25;
const PASSAGES = 4;

/** Every version of every file says "crane"; only this version says its mark. */
function textsOf(index: number, version: number): string[] {
  return Array.from(
    { length: PASSAGES },
    (_, ordinal) =>
      `The crane of berth ${index} lifts ${(index + ordinal) % 7} tonnes, mark${index}x${version}.`,
  );
}

function documentOf(texts: string[]): ChunkedDocument {
  return {
    title: null,
    language: "en",
    passages: texts.map((text, ordinal) => ({
      ordinal,
      text,
      joiner: "",
      headingPath: [],
      page: null,
      label: "Lines 1–9",
      anchor: { kind: "text", quote: text },
    })),
    chunks: [{ ordinal: 0, firstPassage: 0, lastPassage: texts.length - 1, tokens: 9 }],
  };
}

const put = (storage: Storage, index: number, version: number) =>
  storage.passages.putFile(STORE, {
    fileId: `file-${index}`,
    filename: "a.md",
    attributes: {},
    document: documentOf(textsOf(index, version)),
  });
const search = (storage: Storage, text: string): Promise<PassageHit[]> =>
  storage.passages.search(STORE, { text, limit: 1_000, signal: new AbortController().signal });

/** Puts and deletes files for ever; says what it is about to do and what has been acknowledged. */
const WRITER = `
import { writeSync } from "node:fs";
const [dataDir, embedded, firstVersion] = process.argv.slice(2);
const { openEmbeddedStorage } = await import(embedded);
const storage = await openEmbeddedStorage({ dataDir });
const textsOf = ${textsOf.toString().replace("PASSAGES", String(PASSAGES))};
const documentOf = ${documentOf.toString()};
const say = (...words) => writeSync(1, words.join(" ") + "\\n");
for (let version = Number(firstVersion); ; version++) {
  const index = (version * 7) % ${FILES};
  const kept = version % 5 === 0 ? 0 : version;
  say("start", index, kept);
  if (kept === 0) await storage.passages.deleteFile("${STORE}", "file-" + index);
  else await storage.passages.putFile("${STORE}", {
    fileId: "file-" + index, filename: "a.md", attributes: {}, document: documentOf(textsOf(index, version)),
  });
  say("done", index, kept);
}`;

/** Versions a file may have: the one acknowledged last, and the one that was being written. 0: not there. */
type Expected = Map<number, Set<number>>;

async function writeUntilKilled(
  dataDir: string,
  { expected, firstVersion, after }: { expected: Expected; firstVersion: number; after: number },
): Promise<number> {
  const script = join(folder, "writer.mjs");
  await writeFile(script, WRITER);
  const embedded = new URL("./embedded.ts", import.meta.url).href;
  const child = spawn(process.execPath, [script, dataDir, embedded, String(firstVersion)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let timer: NodeJS.Timeout | undefined;
  let version = firstVersion;
  for await (const line of createInterface(child.stdout)) {
    const [word, index = 0, kept = 0] = line
      .split(" ")
      .map((part, at) => (at ? Number(part) : part));
    if (word === "start") {
      version++;
      const before = expected.get(Number(index)) ?? new Set([0]);
      expected.set(Number(index), new Set([...before, Number(kept)]));
    } else expected.set(Number(index), new Set([Number(kept)]));
    timer ??= setTimeout(() => child.kill("SIGKILL"), after);
  }
  expect(child.signalCode ?? "SIGKILL").toBe("SIGKILL");
  return version;
}

/** Every file is there whole, in a version it may have; what is there is kept as the expectation of the next round. */
async function expectSound(storage: Storage, expected: Expected): Promise<Map<number, number>> {
  const present = new Map<number, number>();
  for (const [index, versions] of expected) {
    const passages = await storage.passages.range(STORE, `file-${index}`, 0, 1_000);
    const version = Number(/x(\d+)\./u.exec(passages[0]?.text ?? "")?.[1] ?? 0);
    expect([...versions]).toContain(version);
    expect(passages.map(({ text }) => text)).toEqual(version ? textsOf(index, version) : []);
    for (const mark of versions) {
      const found = await search(storage, `mark${index}x${mark}`);
      expect(found).toHaveLength(mark === version && mark !== 0 ? PASSAGES : 0);
    }
    if (version !== 0) present.set(index, version);
    expected.set(index, new Set([version]));
  }
  return present;
}

async function scoresOf(storage: Storage): Promise<string[]> {
  const hits = await search(storage, "Which crane of berth 7 lifts 3 tonnes?");
  return hits
    .map((hit) => `${hit.fileId}/${hit.passage.ordinal} ${hit.score.toFixed(6)}`)
    .toSorted();
}

async function expectScoresOfFreshStore(
  storage: Storage,
  { present, round }: { present: Map<number, number>; round: number },
): Promise<void> {
  const fresh = await openEmbeddedStorage({ dataDir: join(folder, `fresh-${round}`) });
  try {
    for (const [index, version] of present) await put(fresh, index, version);
    expect(await scoresOf(storage)).toEqual(await scoresOf(fresh));
  } finally {
    await fresh.close();
  }
}

function integrityOf(path: string): unknown[] {
  using database = new DatabaseSync(path);
  return database
    .prepare("PRAGMA integrity_check")
    .all()
    .map((row) => row["integrity_check"]);
}

it(
  "loses nothing that was acknowledged and shows nothing half done, wherever it is killed",
  { timeout: 120_000 },
  async () => {
    const dataDir = join(folder, "data");
    const expected: Expected = new Map();
    let version = 1;
    for (let round = 0; round < 10; round++) {
      const before = version;
      version = await writeUntilKilled(dataDir, {
        expected,
        firstVersion: version,
        after: 20 + Math.random() * 400,
      });
      expect(version).toBeGreaterThan(before);
      expect(integrityOf(join(dataDir, "stores", `${STORE}.sqlite`))).toEqual(["ok"]);
      expect(integrityOf(join(dataDir, "catalogue.sqlite"))).toEqual(["ok"]);
      const storage = await openEmbeddedStorage({ dataDir });
      try {
        const present = await expectSound(storage, expected);
        await expectScoresOfFreshStore(storage, { present, round });
      } finally {
        await storage.close();
      }
    }
  },
);

/** Calls `visit` before every statement that changes something and before every commit. */
function watched(sql: Sql, visit: () => void): Sql {
  return {
    ...sql,
    run(text, parameters) {
      visit();
      return sql.run(text, parameters);
    },
    transaction: (work) =>
      sql.transaction(() => {
        const result = work();
        visit();
        return result;
      }),
  };
}

/**
 * What a process killed at each point of `work` leaves: its files as they are at that moment, opened by another.
 * Answers what `read` says of each, once per run of equal answers.
 */
async function leftBehind(
  path: string,
  { work, read }: { work: (sql: Sql) => Promise<void>; read: (sql: Sql) => string },
): Promise<string[]> {
  // A tiny page cache, so that changes reach the files long before the commit.
  using database = openDatabase(path, { durability: "FULL", migrations: PASSAGES_MIGRATIONS });
  database.exec("PRAGMA cache_size = 5");
  const answers: string[] = [];
  let points = 0;
  const look = (): void => {
    const copy = `${path}.copy${points++}`;
    cpSync(path, copy);
    for (const log of globSync(`${path}-wal`)) cpSync(log, `${copy}-wal`);
    using copied = openDatabase(copy, { durability: "FULL", migrations: PASSAGES_MIGRATIONS });
    expect(copied.prepare("PRAGMA integrity_check").get()?.["integrity_check"]).toBe("ok");
    answers.push(read(sqlOf(copied)));
  };
  await work(watched(sqlOf(database), look));
  look();
  expect(points).toBeGreaterThan(2);
  return answers.filter((answer, at) => answer !== answers[at - 1]);
}

const analyzer = createAnalyzer();
const newFile = (index: number, version: number) => ({
  fileId: `file-${index}`,
  filename: "a.md",
  attributes: {},
  document: documentOf(textsOf(index, version)),
});
const describeStore = (sql: Sql): string => {
  const files = sql
    .all(
      "SELECT file_id, (SELECT group_concat(text, ' ') FROM passages WHERE id BETWEEN base AND base + span - 1) AS text FROM files ORDER BY file_id",
    )
    .map(
      (row) =>
        `${String(row["file_id"])}:${[...new Set(String(row["text"]).match(/x\d+/gu))].join()}`,
    );
  const segments = sql.one(
    `SELECT coalesce(sum(count), 0) AS passages, count(*) FILTER (WHERE dead_in IS NULL) AS living,
       count(dead_in) AS graves FROM segments`,
  );
  return `${files.join(" ")} · ${String(segments?.["passages"])} in ${String(segments?.["living"])}+${String(segments?.["graves"])}`;
};

it("replaces a file at one moment, whichever statement is its last", async () => {
  const left = await leftBehind(join(folder, "one.sqlite"), {
    work: async (sql) => {
      putFile(sql, newFile(1, 1), analyzer);
      putFile(sql, newFile(2, 1), analyzer);
      putFile(sql, newFile(1, 2), analyzer);
      deleteFile(sql, "file-2", analyzer);
    },
    read: describeStore,
  });
  expect(left).toEqual([
    " · 0 in 0+0",
    "file-1:x1 · 4 in 1+0",
    "file-1:x1 file-2:x1 · 8 in 2+0",
    "file-1:x2 file-2:x1 · 8 in 2+0",
    "file-1:x2 · 4 in 1+0",
  ]);
});

it("merges and buries at one moment, whichever statement is its last", async () => {
  const left = await leftBehind(join(folder, "one.sqlite"), {
    work: async (sql) => {
      for (let index = 1; index <= 8; index++) putFile(sql, newFile(index, 1), analyzer);
      expect(await mergeStep(sql)).toBe(true);
      deleteFile(sql, "file-3", analyzer);
      expect(await mergeStep(sql)).toBe(true);
      expect(await mergeStep(sql)).toBe(false);
    },
    read: (sql) => describeStore(sql).replace(/^.* · /u, ""),
  });
  expect(left.slice(-4)).toEqual(["32 in 8+0", "32 in 1+0", "28 in 1+1", "28 in 1+0"]);
});
