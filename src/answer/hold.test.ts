import { describe, expect, it, test } from "vitest";

import { createHold, type Verdict } from "./hold.ts";
import { REFUSAL } from "./refuse.ts";
import type { Support } from "./support.ts";

interface Scene {
  share?: number | null;
  isForeign?: boolean;
  namedNone?: boolean;
}

/** What becomes of an answer that comes in these pieces, and after how many. */
function verdictOn(
  pieces: string[],
  { share = 0, isForeign = false, namedNone = false }: Scene = {},
) {
  let judged = 0;
  const hold = createHold({
    judge: () => ({
      judge: (): Support => {
        judged++;
        return { share, isForeign, unknownNumbers: [] };
      },
    }),
    threshold: 0.4,
    namedNone: () => namedNone,
    refusals: [REFUSAL],
  });
  for (const [index, piece] of pieces.entries()) {
    const verdict = hold.push(piece);
    if (verdict.kind !== "hold") return { verdict, after: index + 1, judged };
  }
  return { verdict: hold.end() satisfies Verdict, after: null, judged };
}

const words = (count: number): string[] => Array.from({ length: count }, () => "certain words ");

describe("an answer", () => {
  it("is shown as soon as it names a document, without being judged", () => {
    const { verdict, after, judged } = verdictOn(["27 days ", "[doc1]", " and more"]);
    expect([verdict, after, judged]).toEqual([{ kind: "release", text: "27 days [doc1]" }, 2, 0]);
  });

  it("is shown as soon as its words are those of the passages", () => {
    const { verdict, after } = verdictOn(words(50), { share: 0.5 });
    expect([verdict.kind, after]).toEqual(["release", 6]);
  });

  it("is shown when it has too few words to judge by", () => {
    expect(verdictOn(["Yes."], { share: null }).verdict).toEqual({ kind: "release", text: "Yes." });
  });

  it("is refused at its end when neither is so", () => {
    expect(verdictOn(["Paris."], { share: 0.1 }).verdict).toEqual({
      kind: "refuse",
      own: null,
      share: 0.1,
    });
  });

  it("is refused after some lines at the latest, so that a stream is not held back for ever", () => {
    const { verdict, after } = verdictOn(words(500), { share: 0.1 });
    expect(verdict.kind).toBe("refuse");
    expect((after ?? 0) * words(1).join("").length).toBeLessThan(700);
  });

  it("in another language than the passages has longer to name a document, and must", () => {
    const named = verdictOn([...words(60), "[doc1]"], { share: 0, isForeign: true });
    expect(named.verdict.kind).toBe("release");
    expect(verdictOn(words(20), { share: 0.9, isForeign: true }).verdict.kind).toBe("refuse");
  });

  it("is judged a few times only, however small its pieces", () => {
    expect(verdictOn([..."certain words ".repeat(100)], { share: 0.1 }).judged).toBeLessThan(10);
  });
});

describe("a model that refuses", () => {
  it("in the sentence it was told is taken at that, and no further", () => {
    const { verdict } = verdictOn([`${REFUSAL} `, "But Paris is the capital of France."]);
    expect(verdict).toEqual({ kind: "refuse", own: REFUSAL, share: null });
  });

  it("by naming no document keeps its words: they may be a translation", () => {
    const own = "Dazu steht nichts in den Dokumenten.";
    expect(verdictOn([own], { namedNone: true }).verdict).toEqual({
      kind: "refuse",
      own,
      share: null,
    });
  });

  it("and goes on for long has not refused: the sentence stands for it", () => {
    expect(verdictOn(words(60), { namedNone: true }).verdict).toMatchObject({
      kind: "refuse",
      own: null,
    });
  });

  it("of a part only has answered the rest", () => {
    const { verdict } = verdictOn(["27 days [doc1]. Nothing on parking."], { namedNone: true });
    expect(verdict.kind).toBe("release");
  });
});

test("an empty answer is none that could be refused", () => {
  expect(verdictOn([], { share: null }).verdict).toEqual({ kind: "release", text: "" });
});
