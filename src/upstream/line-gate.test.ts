import { describe, expect, test } from "vitest";

import { createLineGate } from "./line-gate.ts";

const STREAM = `: hello\r\n\r\nevent: x\ndata: {"text":"grün"}\n\ndata:{"a":1}\n\ndata: [DONE]\n\n`;

function pass(pieces: Buffer[]): string | null {
  const gate = createLineGate();
  const passed: Buffer[] = [];
  for (const piece of pieces) {
    const lines = gate.push(piece);
    if (lines === null) return null;
    passed.push(lines);
  }
  const rest = gate.end();
  return rest === null ? null : Buffer.concat([...passed, rest]).toString();
}

test("a stream comes through unchanged, wherever it is cut", () => {
  const bytes = Buffer.from(STREAM);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(pass([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(STREAM);
  }
  expect(pass([...bytes].map((byte) => Buffer.from([byte])))).toBe(STREAM);
});

test("half a line waits for its other half", () => {
  const gate = createLineGate();
  expect(gate.push(Buffer.from('data: {"a":1}\n\ndata: {"b'))?.toString()).toBe(
    'data: {"a":1}\n\n',
  );
  expect(gate.push(Buffer.from('":2}\n'))?.toString()).toBe('data: {"b":2}\n');
});

test("a line that never ends is let through in pieces", () => {
  const line = Buffer.from(`data: {"a":"${"x".repeat(3_000_000)}"}\n\n`);
  const gate = createLineGate();
  const passed = [line.subarray(0, 2_000_000), line.subarray(2_000_000)].map((piece) =>
    gate.push(piece),
  );
  expect(passed[0]?.length).toBe(2_000_000);
  expect(Buffer.concat(passed.map((piece) => piece ?? Buffer.alloc(0))).equals(line)).toBe(true);
});

describe("nonsense is seen", () => {
  test.each([
    "<html>\n",
    "data: oops\n",
    'data: {"a":1}\n\n{"error":"x"}\n',
    "dat\n",
    'data: {"a":\n\n',
    'data: {"a\r\n\r\n',
  ])("%j", (text) => {
    expect(pass([Buffer.from(`${text}data: [DONE]\n\n`)])).toBeNull();
  });
});

describe("an end before the end of the answer is seen", () => {
  const finish = '{"choices":[{"finish_reason": "stop"}]}';
  test.each([
    ['data: {"a":1}\n\n', false],
    ['data: {"choices":[{"finish_reason":null}]}\n\n', false],
    ['data: {"a":1}\n\ndata: [DON', false],
    ['data: {"text":"data: [DONE]"}\n\n', false],
    ["", false],
    [`data: ${finish}\n\n`, true],
    [`data: ${finish}`, true],
    ['data: {"error":{"code":"429"}}\n\n', true],
    ['data: {"a":1}\n\ndata:[DONE]', true],
    ['data: {"a":1} \r\n\r\ndata: [DONE]\r\n', true],
  ])("%j", (text, isFinished) => {
    expect(pass([Buffer.from(text)]) !== null).toBe(isFinished);
  });
});
