import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { openEmbeddedStorage } from "../src/storage/embedded/embedded.ts";
import { startTestServer, type TestServer } from "../test/support/server.ts";
import { measureAnswer, type Measured, summarize } from "./answer-measures.ts";
import { type BuiltDocument, buildStore } from "./build-store.ts";
import { type Collection, type CollectionQuery, type Entry, readCollection } from "./collection.ts";

/**
 * Asks the questions of collections in BEIR layout through the API, with the built-in answerer: of a store of the whole collection, and
 * of one without the paragraph that answers (or its whole document), where refusing is right.
 * npm run bench -- collections [--questions N] [--strictness 1…5] [--without paragraph|document] FOLDER …
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    questions: { type: "string", default: "400" },
    strictness: { type: "string", default: "3" },
    without: { type: "string", default: "paragraph" },
  },
});
/** A store without a paragraph or document lacks one in so many of the others, too. */
const PARTS = 8;
const THRESHOLDS = [0.002, 0.01, 0.025, 0.15, 0.5];

interface Row {
  /** What the figures of the lexical relevance were tuned on; the other half was kept apart. */
  isTuned: boolean;
  /** Asked of the whole collection. */
  whole: Measured;
  /** Best relevance found there, and without the paragraph. */
  bestWith: number;
  bestWithout: number;
  isRefusedWithout: boolean;
}

async function measure(folder: string): Promise<Record<string, number | string>[]> {
  const collection = await readCollection(folder);
  const dataDir = await mkdtemp(join(tmpdir(), "groundwire-bench-"));
  try {
    await buildStores(collection, dataDir);
    await using server = await startTestServer({ GROUNDWIRE_DATA_DIR: dataDir });
    const places = new Map(collection.corpus.map(({ _id }, place) => [_id, place]));
    // Several paragraphs that answer cannot all be left out.
    const queries = collection.queries.filter(({ _id }) => collection.gold.get(_id)?.size === 1);
    const parts = partsOf(collection);
    const rows: Row[] = [];
    for (const query of spread(queries, Number(values.questions))) {
      const [goldId = ""] = collection.gold.get(query._id) ?? [];
      const place = places.get(goldId) ?? 0;
      const part = parts[place] ?? 0;
      rows.push(await askBoth(server, { entry: collection.corpus[place], part, query }));
    }
    return [true, false].map((isTuned) => ({
      set: collection.name,
      half: isTuned ? "tuned" : "kept apart",
      ...figuresOf(rows.filter((row) => row.isTuned === isTuned)),
    }));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function buildStores(collection: Collection, dataDir: string): Promise<void> {
  await writeFile(join(dataDir, "samples.json"), "{}");
  const storage = await openEmbeddedStorage({ dataDir });
  await buildStore(storage, "vs_whole", documentsOf(collection, null));
  for (let part = 0; part < PARTS; part++)
    await buildStore(storage, `vs_without${part}`, documentsOf(collection, part));
  await storage.close();
}

/** The store that lacks each paragraph. */
function partsOf({ corpus }: Collection): number[] {
  const titles = [...new Set(corpus.map(({ title = "" }) => title))];
  return corpus.map(
    ({ title = "" }, place) =>
      (values.without === "document" ? titles.indexOf(title) : place) % PARTS,
  );
}

/** Neighbouring paragraphs with one title are a document. */
function documentsOf(collection: Collection, without: number | null): BuiltDocument[] {
  const { corpus, language } = collection;
  const documents: BuiltDocument[] = [];
  const parts = partsOf(collection);
  corpus.forEach(({ _id, title = _id, text }, place) => {
    if (parts[place] === without) return;
    const last = documents.at(-1);
    if (last?.title === title) last.passages.push({ text });
    else documents.push({ filename: `${title}.txt`, title, language, passages: [{ text }] });
  });
  return documents;
}

function spread(queries: CollectionQuery[], count: number): CollectionQuery[] {
  const step = Math.max(1, queries.length / count);
  return Array.from(
    { length: Math.min(count, queries.length) },
    (_, index) => queries[Math.floor(index * step)],
  ).filter((query) => query !== undefined);
}

async function askBoth(
  server: TestServer,
  { entry, part, query }: { entry: Entry | undefined; part: number; query: CollectionQuery },
): Promise<Row> {
  const { _id = "", title = _id, text = "" } = entry ?? {};
  const whole = await ask(server, "vs_whole", query.text);
  const without = await ask(server, `vs_without${part}`, query.text);
  const question = {
    question: query.text,
    answers: query.answers ?? [],
    gold: [{ file: `${title}.txt`, quote: text }],
  };
  const measured = measureAnswer({ ...whole, question });
  return {
    isTuned: (createHash("md5").update(title).digest().at(-1) ?? 0) % 2 === 0,
    whole: measured,
    bestWith: whole.best,
    bestWithout: without.best,
    isRefusedWithout: measureAnswer({ ...without, question }).isRefused,
  };
}

async function ask(server: TestServer, store: string, content: string) {
  const started = process.cpuUsage();
  const { status, text, json } = await server.call(
    "POST",
    "/openai/v1/chat/completions",
    {
      model: "groundwire",
      messages: [{ role: "user", content }],
      data_sources: [
        {
          type: "file_search",
          parameters: {
            vector_store_id: store,
            strictness: Number(values.strictness),
            include_contexts: ["citations", "all_retrieved_documents"],
          },
        },
      ],
    },
    { "x-groundwire-trace": "1" },
  );
  if (status !== 200) throw new Error(`${content}: ${status} ${text}`);
  const { user, system } = process.cpuUsage(started);
  const { message } = json.choices[0];
  return {
    content: message.content as string,
    citations: message.context.citations,
    retrieved: message.context.all_retrieved_documents,
    cpuMs: (user + system) / 1_000,
    best: Math.max(0, ...message.x_groundwire.trace.passages.map(relevanceOf)),
  };
}

function relevanceOf({ relevance }: { relevance: number }): number {
  return relevance;
}

function figuresOf(rows: Row[]): Record<string, number | string> {
  const refused = rows.filter(({ isRefusedWithout }) => isRefusedWithout).length;
  const over = rows.filter(({ whole }) => whole.isRefused).length;
  const summary = summarize(rows.map(({ whole }) => whole));
  return {
    n: rows.length,
    refused: withSpread(refused, rows.length),
    "over-refused": withSpread(over, rows.length),
    "at 5/10 % over": [0.05, 0.1].map((share) => refusedAt(share, rows)).join(" "),
    "passes 1…5": passing(rows.map(({ bestWith }) => bestWith)),
    "passes without": passing(rows.map(({ bestWithout }) => bestWithout)),
    "gold cited": summary["page cited"] ?? 0,
    "answer cited": summary["answer cited"] ?? 0,
    "marked holds": summary["marked holds"] ?? 0,
    "markers valid": summary["markers valid"] ?? 0,
    "span 6k": summary["span 6k"] ?? 0,
  };
}

/** Percent, and half the width of its 95 % interval. */
function withSpread(count: number, of: number): string {
  const share = count / Math.max(1, of);
  const spread = 1.96 * Math.sqrt((share * (1 - share)) / Math.max(1, of));
  return `${(share * 100).toFixed(1)} ± ${(spread * 100).toFixed(1)}`;
}

/** Percent of the unanswerable that are refused by the threshold of relevance that refuses so many of the answerable. */
function refusedAt(share: number, rows: Row[]): number {
  const answerable = rows.map(({ bestWith }) => bestWith).toSorted((left, right) => left - right);
  const threshold = answerable[Math.floor(share * answerable.length)] ?? 0;
  const refused = rows.filter(({ bestWithout }) => bestWithout < threshold).length;
  return Math.round((refused / rows.length) * 100);
}

function passing(best: number[]): string {
  return THRESHOLDS.map((threshold) =>
    Math.round(
      (best.filter((relevance) => relevance >= threshold).length / Math.max(1, best.length)) * 100,
    ),
  ).join(" ");
}

const rows = [];
for (const folder of positionals) rows.push(...(await measure(folder)));
console.table(rows);
