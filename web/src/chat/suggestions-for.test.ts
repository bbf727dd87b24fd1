import { expect, test } from "vitest";
import type { RetrievedDocument } from "../../../src/protocol/events.ts";
import { suggestionsFor } from "./suggestions-for.ts";

function passage(heading: string | null, title = "Handbook"): RetrievedDocument {
  return {
    content: "",
    title,
    url: null,
    filepath: null,
    chunk_id: "0",
    search_queries: [],
    data_source_index: 0,
    original_search_score: 1,
    // What the rest of the extension says does not matter here.
    x_groundwire: {
      heading_path: heading === null ? [] : ["Handbook", heading],
    } as RetrievedDocument["x_groundwire"] & object,
  };
}

const suggested = (
  found: RetrievedDocument[],
  { cited = [], asked = [] }: { cited?: RetrievedDocument[]; asked?: string[] } = {},
): string[] => suggestionsFor({ found, cited, asked });

test("three headings at most are suggested, in the order of what was found, each once", () => {
  const found = ["Pay", "Leave", "Pay", "Remote work", "Claims"].map((name) => passage(name));
  expect(suggested(found)).toEqual(["Pay", "Leave", "Remote work"]);
});

test("what was cited or asked is not suggested again", () => {
  const found = ["Pay", "Leave", "Remote work"].map((name) => passage(name));
  expect(suggested(found, { cited: [passage("Leave")], asked: ["pay "] })).toEqual(["Remote work"]);
});

test("titles, numbers and sentences are no suggestions", () => {
  const sentence = "This heading goes on and on until nobody would want to ask it as a question";
  const found = [passage("Handbook"), passage("4.2"), passage(sentence), passage(null)];
  expect(suggested(found)).toEqual([]);
  expect(suggested([passage("年次休暇")])).toEqual(["年次休暇"]);
});
