import type { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, expect, it } from "vitest";

import { createAnalyzer } from "../../../search/analysis/analyze.ts";
import { openDatabase, type Sql, sqlOf } from "../database.ts";
import { segmentsOf } from "./rows.ts";
import { mergeStep } from "./merge-step.ts";
import { searchPassages } from "./reader.ts";
import { PASSAGES_MIGRATIONS } from "./schema.ts";
import { createStoreCaches } from "./store-cache.ts";
import { createVectorCache } from "./vector-cache.ts";
import { deleteFile, putFile } from "./writer.ts";

const analyzer = createAnalyzer();
const caches = createStoreCaches();
const databases: DatabaseSync[] = [];
let sql: Sql;
function open(): Sql {
  const database = openDatabase(":memory:", {
    durability: "FULL",
    migrations: PASSAGES_MIGRATIONS,
  });
  databases.push(database);
  return sqlOf(database);
}
beforeEach(() => {
  sql = open();
});
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

function put(target: Sql, index: number): void {
  const texts = [
    `The crane of berth ${index} lifts.`,
    `Gate ${index} opens${index % 2 ? " late" : ""}.`,
  ];
  putFile(
    target,
    {
      fileId: `file-${index}`,
      filename: "a.md",
      attributes: {},
      document: {
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
        chunks: [{ ordinal: 0, firstPassage: 0, lastPassage: 1, tokens: 9 }],
      },
    },
    analyzer,
  );
}

async function scoresOf(target: Sql): Promise<string[]> {
  const query = { text: "Which crane of berth 2 lifts when a gate opens late?", limit: 100 };
  const hits = await searchPassages(target, query, {
    analyzer,
    caches,
    vectors: createVectorCache(),
  });
  return hits
    .map(({ fileId, passage, score }) => `${fileId}/${passage.ordinal} ${score.toFixed(6)}`)
    .toSorted();
}

/** Something another thread commits after the segments were read and before they are exchanged. */
function interrupted(target: Sql, between: () => void): Sql {
  return {
    ...target,
    transaction(work) {
      between();
      return target.transaction(work);
    },
  };
}

async function expectLikeFresh(indexes: number[]): Promise<void> {
  const fresh = open();
  for (const index of indexes) put(fresh, index);
  expect(await scoresOf(sql)).toEqual(await scoresOf(fresh));
}

it("keeps a file deleted that was deleted while its segment was being merged", async () => {
  for (let index = 0; index < 16; index++) put(sql, index);
  expect(await mergeStep(sql)).toBe(true);
  deleteFile(sql, "file-1", analyzer);
  const later = (): void => {
    deleteFile(sql, "file-2", analyzer);
    put(sql, 3);
  };
  expect(await mergeStep(interrupted(sql, later))).toBe(true);
  await expectLikeFresh([0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  while (await mergeStep(sql));
  await expectLikeFresh([0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
});

it("gives way when a segment disappears while it is being merged", async () => {
  for (let index = 0; index < 8; index++) put(sql, index);
  await mergeStep(interrupted(sql, () => deleteFile(sql, "file-4", analyzer)));
  await expectLikeFresh([0, 1, 2, 3, 5, 6, 7]);
});

it("leaves nothing of a store whose files were all deleted while it was being merged", async () => {
  for (let index = 0; index < 8; index++) put(sql, index);
  await mergeStep(sql);
  deleteFile(sql, "file-0", analyzer);
  const rest = (): void => {
    for (let index = 1; index < 8; index++) deleteFile(sql, `file-${index}`, analyzer);
  };
  await mergeStep(interrupted(sql, rest));
  while (await mergeStep(sql));
  expect(segmentsOf(sql)).toEqual([]);
  expect(sql.one("SELECT count(*) AS n FROM blocks")?.["n"]).toBe(0);
});

it("ends: when nothing is due it says so", async () => {
  for (let index = 0; index < 40; index++) put(sql, index);
  let steps = 0;
  while (await mergeStep(sql)) steps++;
  expect(steps).toBeGreaterThan(0);
  expect(steps).toBeLessThan(40);
  expect(segmentsOf(sql).length).toBeLessThanOrEqual(16);
});
