import { createAnalyzer } from "../src/search/analysis/analyze.ts";
import { lexicalQuery } from "../src/search/lexical/query.ts";
import { searchLexical } from "../src/search/lexical/search.ts";
import { buildSegment } from "../src/search/lexical/segment.ts";
import { createMemoryBlockStore } from "../src/testing/memory-block-store.ts";
import { type Entry, readCollection } from "./collection.ts";

/** Ranks collections in BEIR layout and prints how well: npm run bench -- retrieval FOLDER … */

/** Neighbouring entries with one title are passages of one document. */
function documentOf(id: number, corpus: Entry[]): { first: number; last: number } {
  const title = corpus[id]?.title ?? "";
  let [first, last] = [id, id];
  while (title !== "" && corpus[first - 1]?.title === title) first--;
  while (title !== "" && corpus[last + 1]?.title === title) last++;
  return { first, last };
}

async function measure(folder: string): Promise<Record<string, number | string>> {
  const { name, language, corpus, queries, gold } = await readCollection(folder);
  const analyzer = createAnalyzer();
  const store = createMemoryBlockStore();
  const texts = corpus.map((entry) => `${entry.title ?? ""}\n${entry.text}`);
  const terms = texts.map((text) => analyzer.terms(text, language));
  texts.forEach((text, id) =>
    store.setPassage(id, { terms: terms[id] ?? [], text, document: documentOf(id, corpus) }),
  );
  const segment = buildSegment(terms);
  store.add(segment, { base: 0, span: corpus.length, deadIn: null });
  const totals = { ndcg: 0, hit1: 0, hit3: 0, recall100: 0 };
  const times: number[] = [];
  for (const query of queries) {
    const started = performance.now();
    const hits = await searchLexical(store, lexicalQuery(query.text, [language], analyzer), {
      limit: 100,
    });
    times.push(performance.now() - started);
    const wanted = gold.get(query._id) ?? new Set();
    const ranks = hits.flatMap(({ passageId }, rank) =>
      wanted.has(corpus[passageId]?._id ?? "") ? [rank] : [],
    );
    const ideal = Array.from(
      { length: Math.min(10, wanted.size) },
      (_, rank) => 1 / Math.log2(rank + 2),
    );
    totals.ndcg +=
      sum(ranks.filter((rank) => rank < 10).map((rank) => 1 / Math.log2(rank + 2))) /
      Math.max(1e-9, sum(ideal));
    totals.hit1 += ranks.some((rank) => rank < 1) ? 1 : 0;
    totals.hit3 += ranks.some((rank) => rank < 3) ? 1 : 0;
    totals.recall100 += ranks.length / Math.max(1, wanted.size);
  }
  times.sort((left, right) => left - right);
  const percent = (value: number): number => Math.round((value / queries.length) * 10_000) / 100;
  return {
    set: name,
    language: language ?? "unknown",
    passages: corpus.length,
    "nDCG@10": percent(totals.ndcg),
    "Hit@1": percent(totals.hit1),
    "Hit@3": percent(totals.hit3),
    "R@100": percent(totals.recall100),
    "p50 ms": Number((times[times.length >> 1] ?? 0).toFixed(2)),
    "p95 ms": Number((times[Math.floor(times.length * 0.95)] ?? 0).toFixed(2)),
    "index KB": Math.round(sum(segment.blocks.map(({ bytes }) => bytes.length)) / 1024),
  };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const rows = [];
for (const folder of process.argv.slice(2)) rows.push(await measure(folder));
console.table(rows);
