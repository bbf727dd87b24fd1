import { describe, expect, it } from "vitest";

import { readQuestions } from "./question-file.ts";
import { changesSince, toResult, toRun } from "./run.ts";
import { type Reply, score } from "./score.ts";
import { toHtmlReport } from "./html-report.ts";
import { toTable } from "./table.ts";
import { holds, numbersIn } from "./text.ts";

const cited = (content: string, page = 3) => ({
  content,
  title: "Leave",
  url: `/openai/v1/files/file-1/content#page=${page}`,
  filepath: "docs/leave.pdf",
  chunk_id: "0",
});

function question(more: object) {
  const [read] = readQuestions(JSON.stringify({ id: "q1", question: "How many?", ...more }));
  if (!read) throw new Error("no question");
  return read;
}

function reply(more: Partial<Reply>): Reply {
  return { answer: "", citations: [], milliseconds: 5, tokens: 10, error: null, ...more };
}

describe("an answer", () => {
  const gold = [{ file: "leave.pdf", page: 3, quote: "27 days of annual leave" }];

  it("that is right in all is marked so", () => {
    const scores = score(
      question({ answers: ["27"], gold }),
      reply({ answer: "27 days [doc1].", citations: [cited("You get 27 days of annual leave.")] }),
    );
    expect(new Set(Object.values(scores))).toEqual(new Set([true]));
    expect(Object.keys(scores)).toHaveLength(11);
  });

  it("is marked for what it cites, where it cites it and what it says", () => {
    const scores = score(
      question({ answers: ["27"], gold }),
      reply({
        answer: "29 days [doc1][doc4].",
        citations: [cited("Something else.", 1), cited("27 days of annual leave", 3)],
      }),
    );
    expect(scores).toEqual({
      answered: true,
      file: true,
      page: true,
      quote: true,
      hit1: false,
      hit3: true,
      answer_cited: true,
      answer_said: false,
      supported: false,
      markers: false,
      numbers: false,
    });
  });

  it("to a question without one is best refused, and not to one that has it", () => {
    const refusal = reply({
      answer: "The requested information is not found in the retrieved data. Sorry.",
    });
    expect(score(question({ unanswerable: true }), refusal)).toEqual({ refused: true });
    expect(score(question({ answers: ["27"] }), refusal)).toEqual({
      answered: false,
      answer_cited: false,
    });
    const invented = reply({ answer: "12 [doc1].", citations: [cited("…")] });
    expect(score(question({ unanswerable: true }), invented)).toMatchObject({ refused: false });
  });

  it("that never came counts against the server", () => {
    const scores = score(question({ answers: ["27"] }), reply({ error: "overloaded" }));
    expect(scores).toEqual({ answered: false });
  });
});

describe("texts", () => {
  it.each([
    ["It is 1927.", "27", false],
    ["It is 27.", "27", true],
    ["By 31 MARCH!", "31 march", true],
    ["员工有二十五天年假。", "二十五天", true],
    ["Before 9:30", "9:30", true],
    ["anything", "…", false],
  ])("%s holds %s: %s", (text, words, expected) => {
    expect(holds(text, words)).toBe(expected);
  });

  it("have numbers, however thousands are written", () => {
    expect(numbersIn("1,250.50 or 1.250 at 9:30, 13.5 days")).toEqual([
      "1250.50",
      "1250",
      "9:30",
      "13.5",
    ]);
  });
});

describe("a file of questions", () => {
  it("is refused with the number of every line that is wrong", () => {
    const file = ['{"question":"a"}', "nonsense", '{"question":"b","gold":[{"page":1}]}'].join(
      "\n",
    );
    expect(() => readQuestions(file)).toThrow(/line 2: .*\nline 3: 'gold\.0\.file': /u);
    expect(() => readQuestions('{"id":"x","question":"a"}\n{"id":"x","question":"b"}')).toThrow(
      "the id 'x' stands more than once",
    );
    expect(() => readQuestions("\n")).toThrow("no questions");
    expect(readQuestions('\n{"question":"a","note":1}')[0]?.id).toBe("line 2");
  });
});

describe("a run", () => {
  const asked = question({ answers: ["27"], question: "<b>How</b> many?" });
  const right = toResult(asked, reply({ answer: "27 [doc1]", citations: [cited("27")] }));
  const wrong = toResult(asked, reply({ answer: "3 [doc1]", citations: [cited("27")] }));
  const settings = { model: "x" };

  it("tells its measures, and what is better and worse than before", () => {
    const run = toRun([right], { settings, now: 0 });
    expect(run.measures.answer_said).toEqual({ of: 1, met: 1 });
    const earlier = toRun([wrong], { settings, now: 0 });
    expect(changesSince(earlier, [right])).toEqual([
      { id: "q1", measure: "numbers", isBetter: true },
      { id: "q1", measure: "answer_said", isBetter: true },
    ]);
    expect(toTable(run, earlier)).toContain("+100.0");
    expect(toTable(run, earlier)).toContain("better  q1: an answer in the text");
  });

  it("becomes a page on which nothing that was asked is markup", () => {
    const html = toHtmlReport(toRun([right], { settings, now: 0 }), null);
    expect(html).toContain("&lt;b&gt;How&lt;/b&gt; many?");
    expect(html).not.toContain("<b>");
    expect(html).not.toMatch(/https?:/u);
  });
});
