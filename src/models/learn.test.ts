import { describe, expect, test } from "vitest";

import { GroundwireError } from "../protocol/errors.ts";
import { FAMILIES, familyOf, type FamilyTraits, UNKNOWN_REASONING } from "./families.ts";
import { learnFrom } from "./learn.ts";

const refusal = (error: object, status = 400): GroundwireError =>
  new GroundwireError("upstream_refused", "no", {
    upstream: { status, body: JSON.stringify({ error }) },
  });
const learn = (error: object, body: object, family: FamilyTraits = FAMILIES.standard) =>
  learnFrom(refusal(error), { family, body: { ...body } });

describe("a refusal teaches", () => {
  test("that a model without a telling name reasons", () => {
    const error = {
      code: "unsupported_parameter",
      param: "max_tokens",
      message: "Use 'max_completion_tokens' instead.",
    };
    expect(learn(error, { max_tokens: 5 })).toEqual(UNKNOWN_REASONING);
  });

  test("that an old server knows only max_tokens", () => {
    const error = { message: "Unrecognized request argument supplied: max_completion_tokens" };
    expect(learn(error, { max_completion_tokens: 5 })?.outputLimits).toEqual(["max_tokens"]);
  });

  test("a parameter that is left out from then on", () => {
    const error = {
      code: "unsupported_value",
      param: "temperature",
      message: "Only the default (1) value is supported.",
    };
    expect(learn(error, { temperature: 0.2 })?.refused).toEqual(["temperature"]);
  });

  test.each([
    ["registry.ollama.ai/library/gemma:2b does not support tools"],
    ['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'],
  ])("that no tools are taken: %s", (message) => {
    expect(learn({ message }, { tools: [] })?.takesTools).toBe(false);
  });

  test("a role that is not understood", () => {
    const error = {
      code: "unsupported_value",
      param: "messages[0].role",
      message: "'messages[0].role' does not support 'developer' with this model.",
    };
    expect(learn(error, {}, FAMILIES.o1)?.instructionRoles).toEqual(["system"]);
  });

  test("an effort that is not known, and that none is", () => {
    const value = {
      code: "unsupported_value",
      param: "reasoning_effort",
      message: "Unsupported value: 'none' is not supported.",
    };
    expect(learn(value, { reasoning_effort: "none" }, FAMILIES["gpt-5"])?.efforts).not.toContain(
      "none",
    );
    const parameter = {
      code: "unknown_parameter",
      param: "reasoning_effort",
      message: "Unknown parameter: 'reasoning_effort'.",
    };
    expect(learn(parameter, { reasoning_effort: "low" }, FAMILIES.o1)?.efforts).toEqual([]);
  });

  test("that a model does not stream", () => {
    const error = {
      code: "unsupported_value",
      param: "stream",
      message: "does not support true with this model",
    };
    expect(learn(error, { stream: true })?.streams).toBe(false);
  });
});

describe("nothing is learnt", () => {
  test.each<[string, object, object]>([
    ["from another kind of mistake", { code: "content_filter", param: "prompt" }, { prompt: "x" }],
    ["from a parameter that was not sent", { code: "unsupported_parameter", param: "seed" }, {}],
    [
      "about the messages themselves",
      { code: "unsupported_value", param: "messages" },
      { messages: [] },
    ],
    ["about the model", { code: "unsupported_value", param: "model" }, { model: "x" }],
  ])("%s", (_name, error, body) => {
    expect(learn(error, body)).toBeNull();
  });

  test("twice", () => {
    const family = { ...FAMILIES.standard, refused: ["temperature"], streams: false };
    expect(
      learn({ code: "unsupported_parameter", param: "temperature" }, { temperature: 1 }, family),
    ).toBeNull();
    expect(
      learn({ code: "unsupported_value", param: "stream" }, { stream: true }, family),
    ).toBeNull();
  });

  test("from an error that is no refusal", () => {
    const error = { code: "unsupported_parameter", param: "seed" };
    expect(
      learnFrom(refusal(error, 500), { family: FAMILIES.standard, body: { seed: 1 } }),
    ).toBeNull();
  });
});

test.each([
  ["o1-preview-2024-09-12", "o1-preview"],
  ["my-o1-mini", "o1-mini"],
  ["o1", "o1"],
  ["prod_o1_eu", "o1"],
  ["o3-mini-high", "o3-mini"],
  ["o3", "o3"],
  ["o3-pro", "o3"],
  ["o4-mini", "o4-mini"],
  ["gpt-5", "gpt-5"],
  ["gpt5-nano", "gpt-5"],
  ["gpt-5.1-codex", "gpt-5"],
  ["gpt-6", "gpt-5"],
  ["gpt51", "gpt-5"],
  ["gpt_5_mini", "gpt-5"],
  ["gpt-10", "gpt-5"],
  ["gpt-35-turbo-16k", "standard"],
  ["gpt35", "standard"],
  ["gpt41-mini", "standard"],
  ["gpt-45-preview", "standard"],
  ["o1mini", "o1-mini"],
  ["o3_mini", "o3-mini"],
  ["gpt-5-chat-latest", "standard"],
  ["gpt-4o", "standard"],
  ["gpt-4o1", "standard"],
  ["openai/gpt-oss-120b", "gpt-oss"],
  ["qwen3", "standard"],
  ["foo1", "standard"],
  ["o10", "standard"],
])("%s is of the family %s", (name, family) => {
  expect(familyOf(name)).toBe(family);
});
