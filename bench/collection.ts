import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { detectLanguage } from "../src/search/analysis/language.ts";

export interface Entry {
  _id: string;
  text: string;
  /** Neighbouring entries with one title are passages of one document. */
  title?: string;
}

export interface CollectionQuery {
  _id: string;
  text: string;
  answers?: string[];
}

/** A collection in BEIR layout: `corpus.jsonl`, `queries.jsonl`, `qrels.tsv`. */
export interface Collection {
  name: string;
  language: string | null;
  corpus: Entry[];
  queries: CollectionQuery[];
  /** Ids of the passages that answer, by id of the query. */
  gold: ReadonlyMap<string, ReadonlySet<string>>;
}

export async function readCollection(folder: string): Promise<Collection> {
  const corpus = await readLines<Entry>(join(folder, "corpus.jsonl"));
  const gold = new Map<string, Set<string>>();
  for (const line of (await readFile(join(folder, "qrels.tsv"), "utf8")).split("\n").slice(1)) {
    const [query, passage, score] = line.split("\t");
    if (query && passage && Number(score) > 0)
      gold.set(query, (gold.get(query) ?? new Set()).add(passage));
  }
  return {
    name: folder.split("/").findLast(Boolean) ?? folder,
    language: detectLanguage(
      corpus
        .slice(0, 20)
        .map(({ text }) => text)
        .join("\n"),
    ),
    corpus,
    queries: await readLines<CollectionQuery>(join(folder, "queries.jsonl")),
    gold,
  };
}

async function readLines<Line>(path: string): Promise<Line[]> {
  const lines = (await readFile(path, "utf8")).split("\n").filter(Boolean);
  // The collection's own layout.
  return lines.map((line) => JSON.parse(line) as Line);
}
