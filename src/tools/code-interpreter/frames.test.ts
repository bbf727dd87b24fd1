import { expect, test } from "vitest";

import { createFrameReader, encodeFrame, FrameError } from "./frames.ts";

const LIMITS = { headerBytes: 1_000, payloadBytes: 1_000 };
const FRAMES = [
  { header: { type: "file", name: "ü.txt" }, payload: Buffer.from("some bytes") },
  { header: { type: "start" }, payload: Buffer.alloc(0) },
  { header: { type: "run" }, payload: Buffer.from([0, 255, 0]) },
];
const WIRE = Buffer.concat(FRAMES.flatMap(({ header, payload }) => encodeFrame(header, payload)));

test("frames come out as they went in, cut at every byte", () => {
  for (let at = 0; at <= WIRE.length; at++) {
    const reader = createFrameReader(LIMITS);
    const read = [...reader.push(WIRE.subarray(0, at)), ...reader.push(WIRE.subarray(at))];
    expect(read).toEqual(FRAMES);
  }
});

test("frames come out of single bytes", () => {
  const reader = createFrameReader(LIMITS);
  const read = [...WIRE].flatMap((byte) => reader.push(Buffer.from([byte])));
  expect(read).toEqual(FRAMES);
});

test.each([
  ["header", encodeFrame({ text: "x".repeat(1_000) })],
  ["payload", encodeFrame({}, Buffer.alloc(1_001))],
])("a %s above its limit is refused before it is read", (_part, [lengths = Buffer.alloc(0)]) => {
  const reader = createFrameReader(LIMITS);
  expect(() => reader.push(Buffer.from(lengths))).toThrow(FrameError);
});

test("a header that is not JSON is refused", () => {
  const wire = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 123]);
  expect(() => createFrameReader(LIMITS).push(wire)).toThrow("not JSON");
  const empty = Buffer.alloc(8);
  expect(() => createFrameReader(LIMITS).push(empty)).toThrow("not JSON");
});
