import { readFile } from "node:fs/promises";

import { afterAll, beforeAll, expect, it } from "vitest";

import { SAMPLE_STORE } from "../src/samples.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

interface SampleQuestion {
  question: string;
  history?: { role: string; content: string }[];
  answers?: string[];
  gold?: { file: string; page?: number }[];
  unanswerable?: boolean;
}

const REFUSAL = /^The requested information is not found/u;

let server: TestServer;
let asked: {
  sample: SampleQuestion;
  content: string;
  citations: { filepath: string; url: string }[];
}[];
beforeAll(async () => {
  server = await startTestServer({}, { samples: true });
  const lines = await readFile(new URL("../samples/questions.jsonl", import.meta.url), "utf8");
  asked = [];
  for (const line of lines.split("\n").filter(Boolean)) {
    const sample = JSON.parse(line) as SampleQuestion;
    const { json } = await server.call("POST", "/openai/v1/chat/completions", {
      model: "groundwire",
      messages: [...(sample.history ?? []), { role: "user", content: sample.question }],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: SAMPLE_STORE.id } }],
    });
    const { content, context } = json.choices[0].message;
    asked.push({ sample, content, citations: context.citations });
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

it("answers the sample questions from the right file and page", () => {
  const answerable = asked.filter(({ sample }) => !sample.unanswerable);
  const wrong = answerable.filter(({ sample, content, citations }) => {
    const [gold] = sample.gold ?? [];
    const cited = [...content.matchAll(/\[doc(\d+)\]/gu)].map(
      ([, number]) => citations[Number(number) - 1],
    );
    const isCited = cited.some((citation) => citation?.filepath === gold?.file);
    return !isCited || !sample.answers?.some((answer) => content.includes(answer));
  });
  expect(answerable.length).toBeGreaterThan(30);
  expect(wrong.map(({ sample, content }) => `${sample.question} → ${content}`)).toEqual([]);
});

it("refuses most of what the samples do not say", () => {
  const unanswerable = asked.filter(({ sample }) => sample.unanswerable);
  const refused = unanswerable.filter(
    ({ content, citations }) => REFUSAL.test(content) && citations.length === 0,
  );
  expect(refused.length / unanswerable.length).toBeGreaterThanOrEqual(0.7);
});

it("never names a citation that is not there", () => {
  for (const { content, citations } of asked) {
    for (const [, number] of content.matchAll(/\[doc(\d+)\]/gu)) {
      expect(Number(number)).toBeGreaterThanOrEqual(1);
      expect(Number(number)).toBeLessThanOrEqual(citations.length);
    }
  }
});
