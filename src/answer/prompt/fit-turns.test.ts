import { describe, expect, it } from "vitest";

import { countTokens } from "../../ingest/tokens.ts";
import type { ChatRequestMessage } from "../../protocol/chat.ts";
import { textOf } from "../conversation.ts";
import { fitTurns, tokensOf } from "./fit-turns.ts";

const words = (count: number): string => "leave ".repeat(count).trim();
const user = (content: string): ChatRequestMessage => ({ role: "user", content });
const assistant = (content: string): ChatRequestMessage => ({ role: "assistant", content });
const shown = (turns: ChatRequestMessage[]): string[] =>
  turns.map((turn) => `${turn.role}: ${textOf(turn).slice(0, 20)}`);

const fit = (turns: ChatRequestMessage[], limit: number, keepsBeginning = false) =>
  fitTurns(turns, { limit, keepsBeginning });

describe("history and question", () => {
  it("stay as they are when they fit", () => {
    const turns = [user("one"), assistant("two"), user("three")];
    expect(fit(turns, 100).turns).toEqual(turns);
  });

  it("lose the oldest first", () => {
    const turns = [
      user(`first ${words(100)}`),
      assistant(`second ${words(100)}`),
      user(`third ${words(100)}`),
      assistant(`fourth ${words(20)}`),
      user("now?"),
    ];
    const fitted = fit(turns, 150);
    expect(shown(fitted.turns)).toEqual([
      "user: third leave leave le",
      "assistant: fourth leave leave l",
      "user: now?",
    ]);
    expect(tokensOf(fitted.turns)).toBeLessThanOrEqual(150);
  });

  it("lose the middle where the caller wants that", () => {
    const turns = [
      user("first"),
      assistant(words(100)),
      user(words(100)),
      assistant("fourth"),
      user("now?"),
    ];
    expect(shown(fit(turns, 60, true).turns)).toEqual([
      "user: first",
      "assistant: fourth",
      "user: now?",
    ]);
    expect(shown(fit(turns, 60).turns)).toEqual(["assistant: fourth", "user: now?"]);
  });

  it("keep the beginning of a long answer when there is room for it", () => {
    const fitted = fit([user("old"), assistant(`answer ${words(900)}`), user("now?")], 500);
    expect(shown(fitted.turns)).toEqual(["assistant: answer leave leave l", "user: now?"]);
    expect(tokensOf(fitted.turns)).toBeLessThanOrEqual(505);
  });
});

describe("a question that is too long", () => {
  it("loses its middle and is not refused: what is asked often stands at its end", () => {
    const { turns, tokens } = fit(
      [user(`Dear all, ${words(5_000)} so how much leave is it?`)],
      300,
    );
    const text = textOf(turns[0] ?? user(""));
    expect(text).toMatch(/^Dear all, .* … .*so how much leave is it\?$/su);
    expect(countTokens(text)).toBeLessThanOrEqual(300);
    expect(tokens.question).toBeLessThanOrEqual(304);
  });

  it("is cut over all its parts, and keeps its images", () => {
    const image = { type: "image_url", image_url: { url: "data:" } };
    const parts = [{ type: "text", text: words(400) }, image, { type: "text", text: words(400) }];
    const { turns, tokens } = fit([{ role: "user", content: parts }], 300);
    expect(tokensOf(turns)).toBeLessThanOrEqual(310);
    expect(turns[0]?.content).toContainEqual(image);
    expect(tokens.other).toBe(1_000);
  });

  it("of megabytes is cut quickly", () => {
    const started = performance.now();
    fit([assistant("x".repeat(20_000_000)), user(`${words(2_000_000)} so?`)], 2_000);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});

describe("calls of tools", () => {
  const call: ChatRequestMessage = {
    role: "assistant",
    tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
  };
  const result = (content: string): ChatRequestMessage => ({
    role: "tool",
    tool_call_id: "c",
    content,
  });

  it("stay with their results, or go with them", () => {
    const turns = [user("old"), call, result(words(100)), assistant("so"), user("now?")];
    expect(fit(turns, 200).turns).toEqual(turns);
    expect(shown(fit(turns, 80).turns)).toEqual(["assistant: so", "user: now?"]);
  });

  it("after the question always stay whole", () => {
    const turns = [user("old"), user("now?"), call, result(words(500))];
    const fitted = fit(turns, 20);
    expect(fitted.turns.slice(-2)).toEqual([call, result(words(500))]);
    expect(fitted.tokens.other).toBeGreaterThan(500);
  });
});
