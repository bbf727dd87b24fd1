import { expect, it } from "vitest";

import { createMemoryBlockStore } from "../../testing/memory-block-store.ts";
import { createAnalyzer } from "../analysis/analyze.ts";
import { lexicalQuery } from "./query.ts";
import { searchLexical } from "./search.ts";
import { buildSegment } from "./segment.ts";

const analyzer = createAnalyzer();
const TEXTS = [
  "The crane of the quay is inspected each spring.",
  "Call the harbour master about the crane.",
  "Visitors register at the gate.",
  "Call the harbour master about the crane.",
  "The canteen opens at noon.",
];

/** Ids in the order found; a document is given by its first and last passage. */
async function find(question: string, documents: [first: number, last: number][]) {
  const store = createMemoryBlockStore();
  const terms = TEXTS.map((text) => analyzer.terms(text, "en"));
  for (const [first, last] of documents)
    for (let id = first; id <= last; id++)
      store.setPassage(id, {
        terms: terms[id] ?? [],
        text: TEXTS[id] ?? "",
        document: { first, last },
      });
  store.add(buildSegment(terms), { base: 0, span: TEXTS.length, deadIn: null });
  return searchLexical(store, lexicalQuery(question, ["en"], analyzer), { limit: 5 });
}

const scoreOf = (hits: Awaited<ReturnType<typeof find>>, id: number): number =>
  hits.find(({ passageId }) => passageId === id)?.score ?? 0;

it("puts a passage beside one that has words of the question before an equal one that stands alone", async () => {
  const hits = await find("Who is called about the inspected crane?", [[0, 4]]);
  expect(scoreOf(hits, 1)).toBeGreaterThan(scoreOf(hits, 3));
});

it("takes nothing from a neighbour that is of another document", async () => {
  const hits = await find("Who is called about the inspected crane?", [
    [0, 0],
    [1, 4],
  ]);
  expect(scoreOf(hits, 1)).toBe(scoreOf(hits, 3));
});
