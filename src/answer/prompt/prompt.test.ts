import { describe, expect, it, test } from "vitest";

import { countTokens } from "../../ingest/tokens.ts";
import { FAMILIES } from "../../models/families.ts";
import type { ChatModel } from "../../models/model.ts";
import { passageOf, startTestRun } from "../../testing/answer-run.ts";
import { readConversation } from "../conversation.ts";
import { buildPrompt, type Prompt } from "./prompt.ts";

interface Given {
  chat?: Record<string, unknown>;
  parameters?: Record<string, unknown>;
  family?: Partial<ChatModel["family"]>;
  contents?: string[];
}

function promptFor({
  chat = {},
  parameters = {},
  family = {},
  contents = ["Leave is 27 days."],
}: Given) {
  const messages = [{ role: "user", content: "How many days of leave are there?" }];
  const run = startTestRun({ chat: { messages, ...chat }, sources: [parameters] });
  const model = { id: "m", family: { ...FAMILIES.standard, ...family } } as ChatModel; // nothing is generated here
  const passages = contents.map((content, index) => ({
    passage: passageOf({ content, title: `Doc ${index}` }),
    sourceIndex: 0,
    queries: [],
    fused: 1,
    relevance: 1,
    passes: true,
    outcome: "used" as const,
  }));
  const conversation = readConversation(run.question.chat);
  const prompt = buildPrompt(run, { conversation, passages, model });
  return { prompt, traced: run.trace.prompt };
}

const textOf = ({ messages }: Prompt): string => JSON.stringify(messages);
const tokensOf = ({ messages }: Prompt): number =>
  messages.reduce((total, { content }) => {
    const texts = Array.isArray(content)
      ? content.map((part: { text?: string }) => part.text ?? "")
      : [String(content)];
    return total + texts.reduce((sum, text) => sum + countTokens(text), 0);
  }, 0);

const PASSAGES = Array.from(
  { length: 40 },
  (_, index) => `Passage ${index}. ${"annual leave and parking ".repeat(80)}`,
);

describe("the budget of a prompt", () => {
  it.each([[8_192], [16_385], [4_096]])(
    "of a window of %i keeps a fifth for the answer",
    (window) => {
      const { prompt, traced } = promptFor({ contents: PASSAGES, family: { window } });
      expect(prompt.passages.length).toBeGreaterThan(1);
      expect(prompt.passages.length).toBeLessThan(40);
      expect(tokensOf(prompt)).toBeLessThanOrEqual(window * 0.8);
      expect(tokensOf(prompt)).toBeGreaterThan(window * 0.8 - 600);
      expect(traced?.answer_reserve).toBe(Math.ceil(window * 0.2));
    },
  );

  it("keeps more for an answer that is wanted longer, at most half", () => {
    const reserve = (max_tokens: number) =>
      promptFor({ chat: { max_tokens }, family: { window: 8_192 } }).traced?.answer_reserve;
    expect([reserve(100), reserve(3_000), reserve(8_000)]).toEqual([1_639, 3_000, 4_096]);
  });

  it("counts definitions of functions and the format of the answer", () => {
    const tools = [
      { type: "function", function: { name: "book", description: "word ".repeat(500) } },
    ];
    const { traced } = promptFor({ chat: { tools, response_format: { type: "json_object" } } });
    expect(traced?.tools).toBeGreaterThan(500);
  });

  it("gives history and question 2,000 tokens", () => {
    const turns = Array.from({ length: 40 }, (_, index) => ({
      role: index % 2 === 0 ? "user" : "assistant",
      content: `Turn ${index}. ${"about leave ".repeat(60)}`,
    }));
    const { prompt, traced } = promptFor({
      chat: { messages: [...turns, { role: "user", content: `Now? ${"long ".repeat(900)}` }] },
    });
    const { history = 0, question = 0 } = traced ?? {};
    expect(history + question).toBeLessThanOrEqual(2_000);
    expect(history).toBeGreaterThan(700);
    expect(textOf(prompt)).toContain("Turn 39.");
    expect(textOf(prompt)).not.toContain("Turn 1.");
  });

  it("tells what each part takes", () => {
    const { prompt, traced } = promptFor({});
    const { instructions = 0, question = 0, passages = 0 } = traced ?? {};
    expect(instructions + question + passages).toBeGreaterThanOrEqual(tokensOf(prompt));
    expect(instructions + question + passages).toBeLessThan(tokensOf(prompt) + 20);
  });

  it("passes over a passage that is too long for shorter ones behind it, and numbers what is shown", () => {
    const contents = ["Short one.", "much too long ".repeat(4_000), "Short two."];
    const { prompt } = promptFor({ contents, family: { window: 4_096 } });
    expect(prompt.passages.map(({ passage }) => passage.content)).toEqual([
      "Short one.",
      "Short two.",
    ]);
    expect(textOf(prompt)).toMatch(/\[doc2\]\\" source=\\"Doc 2\\"/u);
    expect(textOf(prompt)).not.toContain("[doc3]\\");
  });
});

describe("instructions", () => {
  const chat = {
    messages: [
      { role: "system", content: "Speak like a pirate." },
      { role: "developer", content: "Be brief." },
      { role: "user", content: "Wie viele Tage Urlaub gibt es im Jahr?" },
    ],
  };

  it("of system, developer and role_information become one message, in the role of the family", () => {
    for (const [family, role] of [
      [FAMILIES.standard, "system"],
      [FAMILIES.o1, "developer"],
      [FAMILIES["o1-mini"], "user"],
    ] as const) {
      const { prompt } = promptFor({
        chat,
        parameters: { role_information: "You are Ada." },
        family,
      });
      expect(prompt.messages.map((message) => message.role)).toEqual([role, "user"]);
      expect(prompt.messages[0]?.content).toMatch(
        /^Speak like a pirate\.\n\nBe brief\.\n\nYou are Ada\.\n/u,
      );
    }
  });

  it("of the caller are cut to what the model takes", () => {
    const { prompt, traced } = promptFor({
      parameters: { role_information: "pirate ".repeat(3_000) },
      family: { instructionTokens: 400, window: 8_192 },
    });
    expect(traced?.instructions).toBeLessThan(700);
    expect(textOf(prompt)).toContain("Answer the user's question");
  });

  it("name the language of the question", () => {
    expect(textOf(promptFor({ chat }).prompt)).toContain("the language of the question (German)");
  });

  it("say what the refusal is in scope only", () => {
    const refusal = "The requested information is not found";
    expect(textOf(promptFor({}).prompt)).toContain(refusal);
    expect(textOf(promptFor({ parameters: { in_scope: false } }).prompt)).not.toContain(refusal);
  });
});

test("documents stand in the last user message, never among the instructions, and images stay", () => {
  const image = { type: "image_url", image_url: { url: "data:" } };
  const content = [{ type: "text", text: "What is this?" }, image];
  const { prompt } = promptFor({ chat: { messages: [{ role: "user", content }] } });
  expect(prompt.messages.at(-1)?.content).toEqual([
    { type: "text", text: expect.stringContaining("Leave is 27 days.") },
    { type: "text", text: "What is this?" },
    image,
  ]);
  expect(JSON.stringify(prompt.messages[0])).not.toContain("27 days");
});
