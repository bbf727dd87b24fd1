import { isUtf8 } from "node:buffer";
import { basename } from "node:path";

import { analyse } from "chardet";
import iconv from "iconv-lite";

import type { ExtractedDocument } from "../document.ts";
import { type ExtractInput, invalidFile } from "./input.ts";
import { createPartBuilder } from "./part-builder.ts";

/** Lines of one part of a text or code file. */
const LINES = 400;
/** More control characters than this share of a text and it is no text. */
const MOST_CONTROLS = 0.02;
const SAMPLE = 64_000;
/** Bytes of ASCII taken along before the first others, which say more about the encoding. */
const CONTEXT = 200;
/** Below this confidence (of 100) a guess at an encoding is worse than the commonest one. */
const SURE = 20;

/**
 * The text of a file: by its byte order mark, else UTF-8 when it is valid, else the likeliest of the old encodings.
 * Throws `invalid_file` for binary data.
 */
export function decodeText(bytes: Buffer): string {
  const text = decode(bytes)
    .replace(/^\uFEFF/u, "")
    .replaceAll(/\r\n?/gu, "\n");
  const sample = text.slice(0, SAMPLE);
  // oxlint-disable-next-line no-control-regex
  const controls = sample.match(/[\u0000-\u0008\u000E-\u001A\u001C-\u001F\uFFFD]/gu)?.length ?? 0;
  if (controls > sample.length * MOST_CONTROLS) {
    throw invalidFile(
      "The file is not text: its bytes are binary data. Check its type and upload it under its real name.",
    );
  }
  return text;
}

function decode(bytes: Buffer): string {
  const utf16 = utf16Of(bytes);
  if (utf16) return iconv.decode(bytes, utf16);
  const text = bytes.toString("utf8");
  return isUtf8(bytes) || isMostlyUtf8(text) ? text : iconv.decode(bytes, oldEncodingOf(bytes));
}

/** UTF-16 is told by its mark or, without one, by a zero in every other byte of Western text. */
function utf16Of(bytes: Buffer): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const zeros: [even: number, odd: number] = [0, 0];
  const sample = bytes.subarray(0, 1_024);
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2 === 0 ? 0 : 1]++;
  });
  const [even, odd] = zeros;
  if (odd > sample.length * 0.4 && even === 0) return "utf-16le";
  return even > sample.length * 0.4 && odd === 0 ? "utf-16be" : null;
}

/** UTF-8 with a few broken bytes, as logs and cut files have them. Other encodings hardly ever form its sequences. */
function isMostlyUtf8(text: string): boolean {
  const broken = text.match(/\uFFFD/gu)?.length ?? 0;
  const others = text.match(/[^\p{ASCII}\uFFFD]/gu)?.length ?? 0;
  return others > 10 * broken;
}

/** The likeliest encoding from before Unicode; Western European when the bytes are too few to tell. */
function oldEncodingOf(bytes: Buffer): string {
  const first = bytes.findIndex((byte) => byte >= 0x80);
  const start = Math.max(0, first - CONTEXT);
  const best = analyse(bytes.subarray(start, start + SAMPLE))
    .filter(({ name, confidence }) => confidence >= SURE && !name.startsWith("UTF"))
    .find(({ name }) => iconv.encodingExists(name))?.name;
  // windows-1252 has letters where ISO-8859-1 has control characters nobody writes.
  return best === undefined || best === "ISO-8859-1" ? "windows-1252" : best;
}

export async function extractText({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  return { kind: "text", title: null, parts: partsByLines(decodeText(bytes), "paragraph") };
}

/** Source code: blank lines part the blocks, and blocks keep their line breaks. */
export async function extractCode({ bytes, filename }: ExtractInput): Promise<ExtractedDocument> {
  return {
    kind: "code",
    title: basename(filename),
    parts: partsByLines(decodeText(bytes), "code"),
  };
}

function partsByLines(text: string, kind: "paragraph" | "code"): ExtractedDocument["parts"] {
  const builder = createPartBuilder();
  const lines = text.split("\n");
  for (let start = 0; start < lines.length; start += LINES) {
    const window = lines.slice(start, start + LINES);
    builder.startPart({ label: `Lines ${start + 1}–${start + window.length}` });
    for (const block of stretches(window, start + 1)) builder.add({ kind, ...block });
  }
  return builder.parts();
}

/** What stands between blank lines, with the number of its first line. */
function* stretches(lines: string[], first: number): Generator<{ text: string; line: number }> {
  let open: string[] = [];
  for (const [index, line] of [...lines, ""].entries()) {
    if (line.trim() !== "") open.push(line);
    else if (open.length > 0) {
      yield { text: open.join("\n"), line: first + index - open.length };
      open = [];
    }
  }
}
