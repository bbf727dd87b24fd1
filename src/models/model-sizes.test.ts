import { expect, test } from "vitest";

import { sizesOf } from "./model-sizes.ts";

test.each([
  ["gpt-35-turbo-0301", 4_096, 400],
  ["gpt-35-turbo-16k", 16_384, 1_000],
  ["gpt-35-turbo-0125", 16_385, 2_000],
  ["gpt-3.5-turbo", 4_096, 400],
  ["gpt-4", 8_192, 400],
  ["my-gpt-4-0613", 8_192, 400],
  ["gpt-4-32k-0613", 32_768, 2_000],
  ["gpt-4-turbo-2024-04-09", 128_000, 4_000],
])("%s reads %i tokens, and %i of instructions", (name, window, instructionTokens) => {
  expect(sizesOf(name)).toMatchObject({ window, instructionTokens });
});

test.each([
  "gpt-4o",
  "gpt-4o-mini",
  "gpt-4.1",
  "gpt-4-custom",
  "o1",
  "gpt-5",
  "qwen3",
  "groundwire",
])("%s is as large as its family", (name) => {
  expect(sizesOf(name)).toEqual({});
});
