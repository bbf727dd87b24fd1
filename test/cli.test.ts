import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-cli-"));
  server = await startTestServer({ GROUNDWIRE_API_KEYS: "acme:cli-secret" });
  await mkdir(join(folder, "docs/deep"), { recursive: true });
  const berths = "Ships are moored by two people. ".repeat(60);
  await writeFile(
    join(folder, "docs/rules.md"),
    `# Harbour rules\n\n## Berths\n\n${berths}\n\n## Cranes\n\nThe large crane may lift 42 tonnes.\n`,
  );
  await writeFile(join(folder, "docs/deep/gates.txt"), "Gate 3 opens at six.");
  await writeFile(join(folder, "docs/.hidden.txt"), "hidden");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

function groundwire(args: string[], environment: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      {
        cwd: folder,
        env: {
          GROUNDWIRE_DATA_DIR: server.dataDir,
          GROUNDWIRE_API_KEY: "cli-secret",
          ...environment,
        },
      },
      (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
}

it("ingests a folder into a store it makes, asks it and says where the answer stands", async () => {
  const ingested = await groundwire(["ingest", "docs", "--store", "harbour"]);
  expect(ingested).toMatchObject({ code: 0, out: expect.stringContaining("2 ingested") });
  expect(ingested.err).toContain("✓ docs/rules.md");
  expect(ingested.err).not.toContain("hidden");
  const asked = await groundwire([
    "ask",
    "--store",
    "harbour",
    "How much may the large crane lift?",
  ]);
  expect(asked.out).toMatch(
    /42 tonnes\. \[doc1\]\n\nSources\n\[doc1\] rules\.md · Harbour rules › Cranes\n$/u,
  );
  const found = await groundwire(["search", "--store", "harbour", "gate"]);
  expect(found.out).toContain("gates.txt");
});

it("says how a question was answered, for people and as JSON", async () => {
  await groundwire(["ingest", "docs", "--store", "explained"]);
  const ask = ["ask", "--store", "explained", "How much may the large crane lift?", "--explain"];
  const { out } = await groundwire(ask);
  expect(out).toMatch(
    /42 tonnes\. \[doc1\]\n\nSources\n.*\n\nHow it was answered\ndepth {8}standard/su,
  );
  expect(out).toMatch(/\nqueries {6}1\. How much may the large crane lift\? \(question\)\n/u);
  expect(out).toMatch(/\nsources {6}file_search: \d+ found by 1 search, [\d.]+ ms\n/u);
  expect(out).toMatch(/\npassages {5}[\d.]+ {2}rules\.md #0: used\n/u);
  const { out: json } = await groundwire([...ask, "--json"]);
  expect(JSON.parse(json)).toMatchObject({
    answer: expect.stringContaining("42 tonnes"),
    trace: { depth: { level: "standard" } },
    sentences: [{ is_supported: true }],
  });
});

it("leaves alone what is there already, and ends with 1 when a file failed", async () => {
  await groundwire(["ingest", "docs/rules.md", "--store", "again"]);
  await writeFile(join(folder, "empty.txt"), "");
  const second = await groundwire(["ingest", "docs/rules.md", "empty.txt", "--store", "again"]);
  expect(second.out).toContain("0 ingested, 1 unchanged, 1 failed");
  expect(second.err).toContain("✗ empty.txt: The file is empty.");
  expect(second.code).toBe(1);
});

it("puts a changed file in the place of its older version", async () => {
  const path = join(folder, "tide.txt");
  await writeFile(path, "High tide is at 4:10.");
  await groundwire(["ingest", "tide.txt", "--store", "tides"]);
  await writeFile(path, "High tide is at 5:35.");
  const second = await groundwire(["ingest", "tide.txt", "--store", "tides"]);
  expect(second.out).toContain("1 ingested in store tides");
  const { out } = await groundwire(["search", "--store", "tides", "high tide", "--json"]);
  expect(out).toContain("5:35");
  expect(out).not.toContain("4:10");
});

it("writes nothing from documents that a terminal would obey", async () => {
  const ordinary = "Ships pass by day and by night. ".repeat(20);
  await writeFile(
    join(folder, "escape.txt"),
    `The lighthouse \u001B]0;owned\u0007 is \u001B[31m red. ${ordinary}`,
  );
  await groundwire(["ingest", "escape.txt", "--store", "escapes"]);
  const asked = await groundwire(["ask", "--store", "escapes", "Is the lighthouse red?"]);
  const found = await groundwire(["search", "--store", "escapes", "lighthouse"]);
  for (const { out } of [asked, found]) {
    expect(out).toContain("lighthouse");
    expect(out).not.toMatch(/[\p{Cc}--\n]/v);
  }
});

it("needs no settings of a server to talk to another one", async () => {
  const ran = await groundwire(["search", "--url", server.url, "--store", "nope", "x"], {
    PORT: "no number",
  });
  expect(ran.err).toMatch(/no store 'nope'/u);
});

it("starts a server of its own when none runs on the data folder", async () => {
  const alone = await groundwire(["search", "--store", "Sample handbook", "crane"], {
    GROUNDWIRE_DATA_DIR: join(folder, "own-data"),
  });
  expect(alone.code).toBe(0);
});

it.each([
  ["an unknown command", ["frob"], 2, /no command 'frob'/u],
  ["an unknown option", ["ask", "--frob"], 2, /--frob/u],
  ["no question", ["ask", "--store", "harbour"], 2, /question/u],
  ["an unknown store", ["ask", "--store", "nope", "x"], 2, /no store 'nope'/u],
  ["no such folder", ["ingest", "nowhere", "--store", "x"], 2, /nowhere/u],
  [
    "a server that is not there",
    ["ask", "--url", "http://127.0.0.1:1", "--store", "x", "y"],
    1,
    /No server answers/u,
  ],
])("explains %s", async (_name, args, code, message) => {
  const ran = await groundwire(args);
  expect(ran.err).toMatch(message);
  expect(ran.code).toBe(code);
});

it.each([
  ["--help"],
  ["serve", "--help"],
  ["ingest", "--help"],
  ["ask", "--help"],
  ["search", "--help"],
  ["keys", "--help"],
  ["eval", "--help"],
])("%s %s prints how to use it", async (...args) => {
  expect(await groundwire(args)).toMatchObject({
    code: 0,
    out: expect.stringContaining("Usage: groundwire"),
  });
});

it("measures answers, writes what it found and compares it with another run", async () => {
  const questions = [
    { id: "q1", question: "How much may the large crane lift?", answers: ["42 tonnes"] },
    { id: "q2", question: "Who is the king of Norway?", unanswerable: true },
  ];
  await writeFile(join(folder, "q.jsonl"), questions.map((one) => JSON.stringify(one)).join("\n"));
  await groundwire(["ingest", "docs", "--store", "measured"]);
  const evaluate = ["eval", "q.jsonl", "--store", "measured"];
  const first = await groundwire([...evaluate, "--json", "run.json", "--html", "run.html"]);
  expect(first).toMatchObject({ code: 0, err: "" });
  expect(first.out).toMatch(/unanswerable, and refused +100\.0 % {2}1\/1/u);
  expect(await readFile(join(folder, "run.html"), "utf8")).toContain("large crane");
  const second = await groundwire([...evaluate, "--compare", "run.json"]);
  expect(second.out).toContain("No question is answered otherwise than before.");
  expect(await groundwire([...evaluate, "--compare", "q.jsonl"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("is no run"),
  });
  await writeFile(join(folder, "bad.jsonl"), "{}");
  expect(await groundwire(["eval", "bad.jsonl", "--store", "measured"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("line 1: 'question'"),
  });
});
