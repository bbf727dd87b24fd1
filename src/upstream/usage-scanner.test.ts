import { expect, test } from "vitest";

import { createUsageScanner, usageIn } from "./usage-scanner.ts";

const USAGE =
  '{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"completion_tokens_details":{"reasoning_tokens":3}}';
const STREAM = `data: {"choices":[{"delta":{"content":"${"x".repeat(20_000)}"}}],"usage":null}\n\ndata: {"choices":[],"usage":${USAGE}}\n\ndata: [DONE]\n\n`;

test("the counts at the end of a stream are found, wherever it is cut", () => {
  const bytes = Buffer.from(STREAM);
  for (const size of [1, 7, 1000, 16_384, bytes.length]) {
    const scanner = createUsageScanner();
    for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
    expect(scanner.end()).toMatchObject({
      prompt_tokens: 20,
      completion_tokens: 5,
      total_tokens: 25,
    });
  }
});

test("events are counted", () => {
  const scanner = createUsageScanner();
  scanner.push(Buffer.from(STREAM));
  expect(scanner.events()).toBe(3);
});

test.each(["", "{}", '{"usage":null}', '{"usage":{"prompt_tokens":"many"}}', '{"usage":{broken}}'])(
  "%j tells nothing",
  (text) => {
    expect(usageIn(text)).toBeNull();
  },
);

test("embeddings have no completion", () => {
  expect(usageIn('{"usage": {"prompt_tokens": 4, "total_tokens": 4}}')).toMatchObject({
    completion_tokens: 0,
    total_tokens: 4,
  });
});
