import { describe, expect, it } from "vitest";

import { createMemoryBlockStore, type MemoryBlockStore } from "../../testing/memory-block-store.ts";
import { createAnalyzer } from "../analysis/analyze.ts";
import type { SegmentMeta } from "../block-store.ts";
import { mergeSegments, nextMerge } from "./merge.ts";
import { lexicalQuery } from "./query.ts";
import { type LexicalHit, searchLexical } from "./search.ts";
import { buildDeadSegment, buildSegment } from "./segment.ts";

const WORDS =
  "crane berth quay leave policy hour truck 😀 Ω naïve 42 a-1 lift tonne wind gate hall badge".split(
    " ",
  );
const analyzer = createAnalyzer();

/** The same words on every run. */
function randomTexts(count: number, seed = 7): string[] {
  let state = seed;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: count }, () =>
    Array.from(
      { length: 3 + next(40) },
      () => WORDS[Math.min(next(WORDS.length), next(WORDS.length))],
    ).join(" "),
  );
}

const termsOf = (text: string): string[] => analyzer.terms(text, "en");

/** BM25 by the book: every passage, every term, no index. */
function naiveScores(passages: Map<number, string[]>, question: string): Map<number, number> {
  const count = passages.size;
  const average = [...passages.values()].reduce((sum, terms) => sum + terms.length, 0) / count;
  const idf = (holders: number): number => Math.log(1 + (count - holders + 0.5) / (holders + 0.5));
  const asked = termsOf(question);
  const pairsOf = (terms: string[]): string[] =>
    terms.slice(1).map((term, index) => `${terms[index]} ${term}`);
  const score = (frequency: number, length: number): number =>
    (2.2 * frequency) / (frequency + 1.2 * (0.25 + (0.75 * length) / average));
  const scores = new Map<number, number>();
  for (const [id, terms] of passages) {
    let total = 0;
    let hasWord = false;
    for (const term of new Set(asked)) {
      const holders = [...passages.values()].filter((other) => other.includes(term)).length;
      const frequency = terms.filter((other) => other === term).length;
      hasWord ||= frequency > 0;
      total += idf(holders) * score(frequency, terms.length);
    }
    for (const pair of new Set(pairsOf(asked))) {
      const holders = [...passages.values()].filter((other) =>
        pairsOf(other).includes(pair),
      ).length;
      const frequency = pairsOf(terms).filter((other) => other === pair).length;
      total += 0.4 * idf(holders) * score(frequency, terms.length);
    }
    if (hasWord) scores.set(id, total);
  }
  return scores;
}

/** Without `withTexts` the passages have terms only, so that parts of words add nothing to the scores. */
function addSegment(
  store: MemoryBlockStore,
  base: number,
  texts: string[],
  { withTexts = false } = {},
): SegmentMeta {
  const terms = texts.map(termsOf);
  texts.forEach((text, index) =>
    store.setPassage(base + index, { terms: terms[index] ?? [], text: withTexts ? text : "" }),
  );
  return store.add(buildSegment(terms), { base, span: texts.length, deadIn: null });
}

async function search(
  store: MemoryBlockStore,
  question: string,
  limit = 200,
): Promise<LexicalHit[]> {
  return searchLexical(store, lexicalQuery(question, ["en"], analyzer), { limit });
}

function expectScores(hits: LexicalHit[], expected: Map<number, number>): void {
  expect(hits.map(({ passageId }) => passageId).toSorted((a, b) => a - b)).toEqual(
    [...expected.keys()].toSorted((a, b) => a - b),
  );
  for (const { passageId, score } of hits)
    expect(score).toBeCloseTo(expected.get(passageId) ?? Number.NaN, 6);
  expect(hits.map(({ score }) => score)).toEqual(
    hits.map(({ score }) => score).toSorted((a, b) => b - a),
  );
}

const QUESTION = "Which crane at the quay may lift 42 tonnes, 😀 or Ω?";

describe("lexical search", () => {
  const texts = randomTexts(150);
  const all = new Map(texts.map((text, id) => [id + 1, termsOf(text)]));

  it("scores as BM25 by the book does, however the passages are spread over segments", async () => {
    for (const cuts of [[150], [1, 149], [50, 30, 70]]) {
      const store = createMemoryBlockStore();
      let base = 1;
      for (const size of cuts) {
        addSegment(store, base, texts.slice(base - 1, base - 1 + size));
        base += size;
      }
      expectScores(await search(store, QUESTION), naiveScores(all, QUESTION));
    }
  });

  it("ranks thousands of passages alike, whether they stand in one segment or in many", async () => {
    const many = randomTexts(5_000, 3);
    const rankedIn = async (size: number): Promise<LexicalHit[]> => {
      const store = createMemoryBlockStore();
      for (let base = 0; base < many.length; base += size)
        addSegment(store, base, many.slice(base, base + size));
      return search(store, QUESTION, 50);
    };
    expect(await rankedIn(5_000)).toEqual(await rankedIn(700));
  });

  it("ranks after a deletion, and after the merge that follows, as if the passages had never been", async () => {
    const store = createMemoryBlockStore();
    const first = addSegment(store, 1, texts.slice(0, 60));
    const second = addSegment(store, 61, texts.slice(60));
    const dead = { base: 21, span: 10 };
    store.add(buildDeadSegment(texts.slice(20, 30).map(termsOf)), { ...dead, deadIn: first.id });
    const living = new Map([...all].filter(([id]) => id < 21 || id > 30));
    const expected = naiveScores(living, QUESTION);
    expectScores(await search(store, QUESTION), expected);

    const segments = await store.segments();
    const source = async (meta: SegmentMeta) => {
      const graves = segments.filter(({ deadIn }) => deadIn === meta.id);
      return {
        meta,
        blocks: store.allBlocks(meta.id),
        lengths: await store.lengths(meta.id),
        dead: graves,
        deadBlocks: graves.map(({ id }) => store.allBlocks(id)),
      };
    };
    const merged = mergeSegments([await source(first), await source(second)]);
    for (const { id } of segments) store.remove(id);
    store.add(merged, { base: merged.base, span: merged.lengths.length, deadIn: null });
    expect(merged.count).toBe(140);
    expectScores(await search(store, QUESTION), expected);
  });

  it("finds allowed passages only", async () => {
    const store = createMemoryBlockStore();
    addSegment(store, 1, texts);
    const hits = await searchLexical(store, lexicalQuery(QUESTION, ["en"], analyzer), {
      limit: 200,
      allowed: [
        { base: 10, span: 5 },
        { base: 100, span: 1 },
      ],
    });
    expect(hits.length).toBeGreaterThan(0);
    for (const { passageId } of hits) expect([10, 11, 12, 13, 14, 100]).toContain(passageId);
  });

  it("says how likely a passage answers the question", async () => {
    const store = createMemoryBlockStore();
    addSegment(store, 1, [
      "The crane lifts 42 tonnes.",
      "The crane is blue.",
      "Nothing of the kind.",
      ...randomTexts(50),
    ]);
    const hits = await search(store, "How many tonnes does the blue elephant lift?");
    const covered = await search(store, "How many tonnes does the crane lift?");
    expect(covered[0]?.passageId).toBe(1);
    expect(covered[0]?.relevance).toBeGreaterThan(0.6);
    expect(hits[0]?.relevance).toBeLessThan(0.5);
  });

  it("prefers, of passages with the same words, the one with parts of the others", async () => {
    const store = createMemoryBlockStore();
    const texts = [
      "Die Versicherung endet mit dem Vertrag.",
      "Die Versicherung endet mit dem Krankenversicherungsvertrag.",
    ];
    addSegment(store, 1, texts, { withTexts: true });
    const hits = await search(store, "Versicherung Krankenversicherung");
    expect(hits.map(({ passageId }) => passageId)).toEqual([2, 1]);
  });

  it.each([
    ["only stop words", "what is the of and"],
    ["nothing", ""],
    ["a lone surrogate", "\uD800 crane"],
    ["a hundred kilobytes", "crane ".repeat(17_000)],
    ["control characters", "crane\u0000\u0001lift"],
    ["a hundred kilobytes of one word", "क".repeat(100_000)],
    [
      "a hundred kilobytes of many words",
      Array.from({ length: 9_000 }, (_, n) => `कखग${n} क${n}खग`).join(" "),
    ],
  ])("asks for a bounded number of terms when asked %s", async (_name, question) => {
    const store = createMemoryBlockStore();
    addSegment(store, 1, texts);
    const languages = ["en", null, "hi", "de", "ja", "th", "ar", "vi", "ru", "fr", "it"];
    const query = lexicalQuery(question, languages, analyzer);
    const { words, bigrams } = query;
    expect(words.length).toBeLessThanOrEqual(64);
    expect(words.flatMap(({ readings }) => readings.flat()).length + bigrams.size).toBeLessThan(
      5_000,
    );
    await searchLexical(store, query, { limit: 10 });
  });
});

describe("analysis", () => {
  const find = async (language: string | null, text: string, question: string): Promise<number> => {
    const store = createMemoryBlockStore();
    const passages = [text, "x".repeat(20)].map((passage) => analyzer.terms(passage, language));
    passages.forEach((terms, id) => store.setPassage(id, { terms, text: id === 0 ? text : "" }));
    store.add(buildSegment(passages), { base: 0, span: 2, deadIn: null });
    return (await searchLexical(store, lexicalQuery(question, [language], analyzer), { limit: 5 }))
      .length;
  };

  it.each([
    ["en", "Employees are travelling by train.", "traveling employee"],
    ["de", "Die Häuser am Hafen wurden verkauft.", "Haus verkaufen"],
    ["it", "Durante la crisi dell'energia i prezzi salirono.", "energia prezzo"],
    ["ru", "Категории товаров на складе.", "категория"],
    ["zh", "港口的起重机可以吊起四十二吨。", "起重机"],
    ["ja", "港のクレーンは四十二トンを持ち上げる。", "クレーン"],
    ["th", "พนักงานได้รับวันหยุดประจำปี", "วันหยุด"],
    ["hi", "कर्मचारियों को वार्षिक अवकाश मिलता है।", "कर्मचारी"],
    ["el", "Οι εργαζόμενοι παίρνουν άδεια.", "εργαζομένων"],
    ["vi", "Nhân viên được nghỉ phép hằng năm.", "nghỉ phép"],
    ["ko", "직원은 연차휴가를 받는다.", "휴가"],
    [null, "Zaměstnanci mají nárok na dovolenou.", "dovolené zaměstnanců"],
    [null, "invoice_total_2026 = 17", "invoice total"],
    ["en", "Order A-1234/7 was sent to ops@example.com.", "A-1234"],
  ])("finds other forms of the words in %s", async (language, text, question) => {
    expect(await find(language, text, question)).toBe(1);
  });

  it("drops question words, which stand in every question and in no answer", () => {
    expect(analyzer.terms("How many days of leave do I get?", "en")).toEqual(["day", "leav"]);
  });
});

describe("a store in several languages", () => {
  const passages: [language: string | null, text: string][] = [
    ["en", "Hotels in big cities are paid up to a limit that the list of travel rates names."],
    ["en", "The hotels of a trade fair are booked by the travel office."],
    ["de", "Die Verträge mit Siemens liegen in der Abteilung für den Einkauf."],
    [null, "City: London; Hotel limit EUR: 230; Daily allowance: 66"],
    [null, "City: Berlin; Hotel limit EUR: 150; Daily allowance: 45"],
  ];
  const languages = ["en", null, "de"];

  async function first(question: string): Promise<string | undefined> {
    const store = createMemoryBlockStore();
    const terms = passages.map(([language, text]) => analyzer.terms(text, language));
    passages.forEach(([, text], id) => store.setPassage(id, { terms: terms[id] ?? [], text }));
    store.add(buildSegment(terms), { base: 0, span: terms.length, deadIn: null });
    const query = lexicalQuery(question, languages, analyzer);
    const hits = await searchLexical(store, query, { limit: 5 });
    return passages[hits[0]?.passageId ?? -1]?.[1];
  }

  it("finds a row of a table, which has no language, by a question that has one", async () => {
    expect(await first("What are the daily allowances?")).toBe(passages[3]?.[1]);
  });

  it("finds a name in passages of another language", async () => {
    expect(await first("Where are the contracts of Siemens and which office keeps them?")).toBe(
      passages[2]?.[1],
    );
  });

  it("counts a word once whose readings are the same, and takes its readings together where they differ", async () => {
    const { words } = lexicalQuery("230 allowances", languages, analyzer);
    expect(words.map(({ readings }) => readings)).toEqual([
      [["230"]],
      [["allow"], ["allowa"], ["allowanc"]],
    ]);
  });

  it("leaves the question's own stop words out of every reading", () => {
    const { words } = lexicalQuery("What is the rate for me?", ["de", null], analyzer);
    expect(words).toEqual([{ text: "rate", isName: false, readings: [["rat"], ["rate"]] }]);
  });
});

describe("relevance in an index of few passages", () => {
  it("does not take the words of the question for nothing because most passages have them", async () => {
    const texts = [
      "Annual leave of the quay staff is granted by the shift leader.",
      "Annual leave of the office staff is granted by the head of the office.",
      "Annual leave that staff did not take is lost in March.",
    ];
    const store = createMemoryBlockStore();
    const passages = texts.map(termsOf);
    passages.forEach((terms, id) => store.setPassage(id, { terms, text: texts[id] ?? "" }));
    store.add(buildSegment(passages), { base: 0, span: 3, deadIn: null });
    const query = lexicalQuery("How many days of annual leave do staff get?", ["en"], analyzer);
    const [best] = await searchLexical(store, query, { limit: 3 });
    expect(best?.relevance).toBeGreaterThan(0.5);
  });
});

describe("relevance of the only passage found", () => {
  it("is not raised by standing out: half of a question's words are not enough", async () => {
    const store = createMemoryBlockStore();
    const passages = ["Annual leave is 27 days.", "The gate opens late."].map(termsOf);
    passages.forEach((terms, id) => store.setPassage(id, { terms, text: "" }));
    store.add(buildSegment(passages), { base: 0, span: 2, deadIn: null });
    const query = lexicalQuery("How long is the leave of trainees?", ["en"], analyzer);
    const [only] = await searchLexical(store, query, { limit: 3 });
    expect(only?.relevance).toBeLessThan(0.5);
  });
});

describe("a question", () => {
  const names = (text: string, language = "en"): string[] =>
    lexicalQuery(text, [language], analyzer)
      .words.filter(({ isName }) => isName)
      .map(({ text: name }) => name);

  it.each([
    ["What does the Maritime Theatre cost?", ["maritime", "theatre"]],
    ["Crane rental in 2024?", ["2024"]],
    ["who maintains crane k7?", ["k7"]],
    ["WHAT DOES THE THEATRE COST?", []],
  ])("tells the names, numbers and codes in '%s'", (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it("is syllabic in Vietnamese, by its own words or those of the store", () => {
    const isSyllabic = (text: string, language: string): boolean =>
      lexicalQuery(text, [language], analyzer).isSyllabic;
    expect(isSyllabic("Ai là người quản lý của cảng?", "en")).toBe(true);
    expect(isSyllabic("cảng", "vi")).toBe(true);
    expect(isSyllabic("What is the rate of the harbour?", "vi")).toBe(false);
  });
});

describe("nextMerge", () => {
  const segment = (id: number, count: number, deadIn: number | null = null): SegmentMeta => ({
    id,
    base: id * 1_000,
    span: Math.abs(count),
    count,
    totalLength: count,
    deadIn,
  });

  it("keeps the number of segments small while files arrive one by one", () => {
    let segments: SegmentMeta[] = [];
    let most = 0;
    for (let id = 1; id <= 500; id++) {
      segments.push(segment(id, 3));
      for (let due = nextMerge(segments); due; due = nextMerge(segments)) {
        const merged = due;
        const count = merged.reduce((sum, each) => sum + each.count, 0);
        const [first] = merged;
        if (!first) break;
        segments = [
          ...segments.filter((each) => !merged.includes(each)),
          { ...first, count, span: count },
        ];
      }
      most = Math.max(most, segments.length);
    }
    expect(most).toBeLessThanOrEqual(24);
  });

  it("rewrites a segment with many graves, each of which would be read in every search", () => {
    const home = segment(1, 100_000);
    const graves = Array.from({ length: 33 }, (_, index) => segment(2 + index, -1, 1));
    expect(nextMerge([home, ...graves.slice(1)])).toBeNull();
    expect(nextMerge([home, ...graves])).toEqual([home]);
  });

  it("rewrites a segment that is more than a tenth dead", () => {
    const home = segment(1, 100);
    expect(nextMerge([home, segment(2, -10, 1)])).toBeNull();
    expect(nextMerge([home, segment(2, -11, 1)])).toEqual([home]);
  });
});
