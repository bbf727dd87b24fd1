import { expect, test } from "vitest";
import { createSseDecoder, encodeComment, encodeEvent } from "./sse.ts";
import type { SseEvent } from "./sse.ts";

const utf8 = new TextEncoder();

function decodeInPieces(text: string, cuts: number[]): SseEvent[] {
  const bytes = utf8.encode(text);
  const decoder = createSseDecoder();
  const events: SseEvent[] = [];
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    events.push(...decoder.push(bytes.subarray(start, cut)));
    start = cut;
  }
  return [...events, ...decoder.end()];
}

const STREAM =
  ': keepalive\r\n\r\ndata: {"text":"grün 🌿"}\r\n\r\nevent: error\ndata: one\ndata: two\n\ndata:no space\r\rid: 7\ndata: [DONE]\n\n';
const EVENTS = [
  { event: null, data: '{"text":"grün 🌿"}' },
  { event: "error", data: "one\ntwo" },
  { event: null, data: "no space" },
  { event: null, data: "[DONE]" },
];

test("a stream cut in two at any byte decodes to the same events", () => {
  const length = utf8.encode(STREAM).length;
  for (let cut = 0; cut <= length; cut += 1) expect(decodeInPieces(STREAM, [cut])).toEqual(EVENTS);
});

test("a stream that arrives byte by byte decodes to the same events", () => {
  const length = utf8.encode(STREAM).length;
  expect(decodeInPieces(STREAM, [...Array(length).keys()])).toEqual(EVENTS);
});

test("an event whose closing blank line never came is handed over at the end", () => {
  expect(decodeInPieces("data: last", [])).toEqual([{ event: null, data: "last" }]);
  expect(decodeInPieces("data: last\n", [])).toEqual([{ event: null, data: "last" }]);
});

test("comments and events without data yield nothing", () => {
  expect(decodeInPieces(`${encodeComment("keepalive")}event: ping\n\n`, [])).toEqual([]);
});

test("what the encoder writes, the decoder reads back", () => {
  const written = encodeEvent("one\n\ntwo") + encodeEvent("{}", "error");
  expect(decodeInPieces(written, [])).toEqual([
    { event: null, data: "one\n\ntwo" },
    { event: "error", data: "{}" },
  ]);
});

test("an event is written with exactly one space after the colon", () => {
  expect(encodeEvent("{}")).toBe("data: {}\n\n");
});

test("an endless line is refused instead of filling the memory", () => {
  const decoder = createSseDecoder(100);
  expect(() => decoder.push(utf8.encode("data: ".padEnd(120, "x")))).toThrow(
    "more than 100 characters",
  );
});
