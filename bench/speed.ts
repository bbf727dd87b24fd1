import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";

import { createAnalyzer } from "../src/search/analysis/analyze.ts";
import { createExtractor } from "../src/ingest/extract/extract.ts";
import { DEFAULT_CHUNKING } from "../src/ingest/document.ts";
import { openEmbeddedStorage } from "../src/storage/embedded/embedded.ts";
import { writePdf } from "../src/testing/pdf-writer.ts";

/** Prints and writes figures of ingestion and search: npm run bench -- speed. */
const folder = await mkdtemp(join(tmpdir(), "groundwire-bench-"));
const signal = new AbortController().signal;
const words =
  "berth crane quay policy hour leave allowance hotel badge forklift signal harbour night supplement contract notice".split(
    " ",
  );
let state = 1;
const next = (limit: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const sentence = (): string => {
  const picked = Array.from({ length: 12 }, () =>
    next(3) === 0 ? `w${next(20_000)}` : words[next(words.length)],
  );
  return `${picked.join(" ")}.`;
};

async function ingestPdf(): Promise<Record<string, number>> {
  const pages = Array.from({ length: 500 }, () => Array.from({ length: 40 }, sentence));
  const path = join(folder, "big.pdf");
  await writeFile(path, writePdf(pages));
  const extractor = createExtractor({ extractSeconds: 120, extractMemoryMb: 1_500 });
  const storage = await openEmbeddedStorage({ dataDir: join(folder, "pdf") });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const { document } = await extractor.extractAndChunk(path, DEFAULT_CHUNKING, {
    filename: "big.pdf",
    mediaType: "application/pdf",
    signal,
  });
  const read = performance.now();
  await storage.passages.putFile("vs_pdf", {
    fileId: "file-1",
    filename: "big.pdf",
    attributes: {},
    document,
  });
  const indexed = performance.now();
  delay.disable();
  await storage.close();
  await extractor.close();
  return {
    pages: pages.length,
    passages: document.passages.length,
    "pages per second, read and cut": round((500 / (read - started)) * 1_000),
    "pages per second, with indexing": round((500 / (indexed - started)) * 1_000),
    "event loop p99 ms": round(delay.percentile(99) / 1e6),
    "event loop max ms": round(delay.max / 1e6),
  };
}

async function search(count: number): Promise<Record<string, number>> {
  const storage = await openEmbeddedStorage({ dataDir: join(folder, `search-${count}`) });
  const perFile = 500;
  const started = performance.now();
  for (let file = 0; file < count / perFile; file++) {
    const passages = Array.from({ length: perFile }, (_, ordinal) => ({
      ordinal,
      text: Array.from({ length: 8 }, sentence).join(" "),
      joiner: ordinal === 0 ? "" : "\n",
      headingPath: [],
      page: null,
      label: "",
      anchor: { kind: "text" as const, quote: "" },
    }));
    const chunks = passages.map(({ ordinal }) => ({
      ordinal,
      firstPassage: ordinal,
      lastPassage: ordinal,
      tokens: 200,
    }));
    await storage.passages.putFile("vs_bench", {
      fileId: `file-${file}`,
      filename: `${file}.txt`,
      attributes: {},
      document: { title: null, language: "en", passages, chunks },
    });
  }
  const built = performance.now();
  const times: number[] = [];
  for (let query = 0; query < 220; query++) {
    const text = `How is ${words[next(words.length)]} of w${next(20_000)} and ${words[next(words.length)]} at w${next(20_000)}?`;
    const asked = performance.now();
    await storage.passages.search("vs_bench", { text, limit: 40, signal });
    if (query >= 20) times.push(performance.now() - asked);
  }
  times.sort((left, right) => left - right);
  await storage.close();
  return {
    passages: count,
    "passages per second, indexed": round((count / (built - started)) * 1_000),
    "search p50 ms": round(times[Math.floor(times.length * 0.5)] ?? 0),
    "search p95 ms": round(times[Math.floor(times.length * 0.95)] ?? 0),
  };
}

function analyse(): Record<string, number> {
  const analyzer = createAnalyzer();
  const text = Array.from({ length: 2_000 }, sentence).join(" ");
  const started = performance.now();
  analyzer.terms(text, "en");
  return { "analysis MB per second": round(text.length / 1e3 / (performance.now() - started)) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const results = {
  machine: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
  pdf: await ingestPdf(),
  analysis: analyse(),
  search: [await search(10_000), await search(50_000)],
};
console.log(JSON.stringify(results, null, 2));
const target = join(import.meta.dirname, "results");
await mkdir(target, { recursive: true });
await writeFile(join(target, "main.json"), JSON.stringify(results, null, 2));
await rm(folder, { recursive: true, force: true });
