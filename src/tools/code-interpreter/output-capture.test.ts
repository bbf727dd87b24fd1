import { expect, test } from "vitest";

import { createOutputCapture } from "./output-capture.ts";

const MARKER = "0123456789abcdef";

function captured(chunks: Uint8Array[], mostBytes = 1_000): string {
  const capture = createOutputCapture(MARKER, mostBytes);
  for (const chunk of chunks) capture.push(Buffer.from(chunk));
  return capture.text().text;
}

test("the marker ends the output wherever it is cut, and what follows belongs to nobody", async () => {
  const wire = Buffer.from(`out${MARKER.slice(0, 5)}put${MARKER}next run`);
  for (let at = 0; at <= wire.length; at++) {
    expect(captured([wire.subarray(0, at), wire.subarray(at)])).toBe("out01234put");
  }
  const capture = createOutputCapture(MARKER, 10);
  capture.push(wire);
  await capture.ended;
});

test("output without a marker is whole when nothing more comes", async () => {
  const capture = createOutputCapture(MARKER, 1_000);
  capture.push(Buffer.from("cut of"));
  capture.push(Buffer.from("f 0123"));
  capture.end();
  await capture.ended;
  expect(capture.text()).toEqual({ text: "cut off 0123", isCut: false });
});

test("only the beginning is kept, in whole characters, and everything is counted", () => {
  const capture = createOutputCapture(MARKER, 4);
  for (let i = 0; i < 100; i++) capture.push(Buffer.from("aé"));
  capture.end();
  expect(capture.text()).toEqual({ text: "aéa", isCut: true });
  expect(capture.bytes).toBe(300);
});

test("bytes that are no text become replacement characters", () => {
  expect(captured([Buffer.from([255, 65]), Buffer.from(MARKER)])).toBe("\uFFFDA");
});
