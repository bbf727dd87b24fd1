import type { BlockStore, IndexedPassage } from "../../../search/block-store.ts";
import { indexedText } from "../../../search/lexical/indexed-text.ts";
import { textOrNull } from "../catalogue/rows.ts";
import type { Row, Sql } from "../database.ts";
import { bytesOf, copyOf, lengthsOf, termKey } from "./rows.ts";
import type { StoreCache } from "./store-cache.ts";

/** The engine's view of one store's database. */
export function blockStoreOf(sql: Sql, cache: StoreCache): BlockStore {
  function block(segmentId: number, term: string): Uint8Array | null {
    const directory = cache.directory(segmentId);
    const index = lastNotAbove(directory, term);
    const firstTerm = directory[index];
    if (firstTerm === undefined) return null;
    return cache.bytes.get(`${segmentId} ${index}`, () =>
      bytesOf(
        sql.one("SELECT bytes FROM blocks WHERE segment_id = :segmentId AND first_term = :term", {
          segmentId,
          term: termKey(firstTerm),
        })?.["bytes"],
      ),
    );
  }

  return {
    segments: () => Promise.resolve(cache.overview().segments),
    blocks: (segmentId, terms) => Promise.resolve(terms.map((term) => block(segmentId, term))),
    lengths: (segmentId) =>
      Promise.resolve(cache.bytes.get(`${segmentId} lengths`, () => lengthsOf(sql, segmentId))),
    termHashes: (passageIds) =>
      Promise.resolve(
        inOrder(passageIds, (ids) =>
          sql.all(
            `SELECT passage_id AS id, hashes FROM signatures
               WHERE passage_id IN (SELECT value FROM json_each(:ids))`,
            { ids },
          ),
        ).map((row) => new Uint32Array(copyOf(row?.["hashes"]))),
      ),
    passages: (passageIds) =>
      Promise.resolve(
        inOrder(passageIds, (ids) =>
          sql.all(
            `SELECT passages.id, text, heading_path, title, base, span FROM passages
               JOIN files ON files.base = (SELECT max(base) FROM files WHERE base <= passages.id)
               WHERE passages.id IN (SELECT value FROM json_each(:ids))`,
            { ids },
          ),
        ).map(toIndexed),
      ),
  };
}

/** Position of the greatest of the sorted terms that is not above `term`, or -1. */
function lastNotAbove(sorted: string[], term: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") <= term) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Rows of these ids, read at once; undefined where there is none. */
function inOrder(ids: number[], read: (ids: string) => Row[]): (Row | undefined)[] {
  const rows = new Map(read(JSON.stringify(ids)).map((row) => [Number(row["id"]), row]));
  return ids.map((id) => rows.get(id));
}

function toIndexed(row: Row | undefined): IndexedPassage {
  if (!row) return { text: "", first: 0, last: -1 };
  // Written by `putFile` from the type of the interface.
  const headingPath = JSON.parse(String(row["heading_path"])) as string[];
  const first = Number(row["base"]);
  return {
    text: indexedText({ title: textOrNull(row["title"]), headingPath, text: String(row["text"]) }),
    first,
    last: first + Number(row["span"]) - 1,
  };
}
