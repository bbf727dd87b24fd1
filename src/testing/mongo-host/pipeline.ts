import { CommandError } from "./command-error.ts";
import type { Collection } from "./data.ts";
import type { Engine } from "./engine.ts";
import { rankByWords } from "./lexical.ts";
import { matches, valuesAt } from "./match.ts";
import { project, type Row } from "./project.ts";
import type { Document } from "./wire.ts";

/** What an aggregation gives. Stages of the engine stand first, as they must. */
export async function aggregate(
  engine: Engine,
  collection: Collection | null,
  pipeline: Document[],
): Promise<Document[]> {
  let rows: Row[] | null = null;
  for (const stage of pipeline) {
    const [[name, specification] = ["", undefined]] = Object.entries(stage);
    const begin = engine.stages[name];
    if (begin !== undefined) {
      if (rows !== null) throw new CommandError(40602, `${name} is only valid as the first stage`);
      rows = await begin(collection, specification);
    } else if (name === "$match") {
      rows = await filterRows(rows ?? allOf(collection), { collection, filter: specification });
    } else {
      rows = await apply(rows ?? allOf(collection), { name, specification, engine });
    }
  }
  return (rows ?? allOf(collection)).map(({ document }) => document);
}

/** What `find` gives. */
export async function find(collection: Collection | null, command: Document): Promise<Document[]> {
  const { filter = {}, sort, skip = 0, limit = 0, projection = {} } = command;
  const found = await filterRows(allOf(collection), { collection, filter });
  const sorted = sort === undefined ? found : sortRows(found, sort);
  const most = limit === 0 ? sorted.length : Math.abs(limit);
  const rows = sorted.slice(skip, skip + most);
  return Object.keys(projection).length === 0
    ? rows.map(({ document }) => document)
    : rows.map((row) => project(row, projection));
}

async function apply(
  rows: Row[],
  { name, specification, engine }: { name: string; specification: any; engine: Engine },
): Promise<Row[]> {
  switch (name) {
    case "$project":
      return rows.map((row) => ({ ...row, document: project(row, specification) }));
    case "$sort":
      return sortRows(rows, specification);
    case "$limit":
      return rows.slice(0, specification);
    case "$skip":
      return rows.slice(specification);
    default:
      throw engine.unknownStage(name);
  }
}

function allOf(collection: Collection | null): Row[] {
  return (collection?.documents ?? []).map((document) => ({ document, meta: {} }));
}

/** `$text` ranks all documents and is fulfilled by those it finds. */
async function filterRows(
  rows: Row[],
  { collection, filter }: { collection: Collection | null; filter: Document },
): Promise<Row[]> {
  const { $text, ...others } = filter;
  const kept = rows.filter(({ document }) => matches(document, others));
  if ($text === undefined || collection === null) return kept;
  const index = collection.indexes.find(({ key }) => Object.values(key).includes("text"));
  if (index === undefined) throw new CommandError(27, "text index required for $text query");
  const paths = Object.keys(index["key"]).filter((path) => index["key"][path] === "text");
  const documents = kept.map(({ document }) => document);
  return searchText(documents, { search: $text.$search, paths });
}

/** Any word counts, a word behind a dash must not be there, and everything within quotation marks must. */
async function searchText(
  documents: Document[],
  { search, paths }: { search: string; paths: string[] },
): Promise<Row[]> {
  const phrases = [...search.matchAll(/"([^"]+)"/gu)].map(([, phrase = ""]) => phrase);
  const negated = [...search.matchAll(/(?<=^|\s)-(\p{L}+)/gu)].map(([, word = ""]) => word);
  const query = search.replaceAll(/(?<=^|\s)-\p{L}+/gu, "");
  const ranked = await rankByWords(documents, { query, paths, meta: "textScore" });
  return ranked.filter(({ document }) => {
    const text = paths
      .flatMap((path) => valuesAt(document, path))
      .join("\n")
      .toLowerCase();
    const has = (words: string): boolean => text.includes(words.toLowerCase());
    return phrases.every(has) && !negated.some(has);
  });
}

function sortRows(rows: Row[], specification: Document): Row[] {
  return rows.toSorted((left, right) => {
    for (const [path, order] of Object.entries(specification)) {
      const name = order["$meta"];
      const [first, second] = [left, right].map(({ document, meta }) =>
        name === undefined ? valuesAt(document, path)[0] : meta[name],
      ) as [any, any];
      if (first === second) continue;
      const isBefore = first === undefined || first < second;
      return (isBefore ? -1 : 1) * (name === undefined ? order : -1);
    }
    return 0;
  });
}
