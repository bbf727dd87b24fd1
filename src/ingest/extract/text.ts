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
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return iconv.decode(bytes, "utf-16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return iconv.decode(bytes, "utf-16be");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const encoding = analyse(bytes.subarray(0, SAMPLE))
      .map(({ name }) => name)
      .find((name) => name !== "UTF-8" && iconv.encodingExists(name));
    return iconv.decode(bytes, encoding ?? "windows-1252");
  }
}

export async function extractText({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  return { kind: "text", title: null, parts: partsByLines(decodeText(bytes), "paragraph") };
}

/** Source code: blank lines part the blocks, and blocks keep their line breaks. */
export async function extractCode({ bytes, filename }: ExtractInput): Promise<ExtractedDocument> {
  return { kind: "code", title: filename, parts: partsByLines(decodeText(bytes), "code") };
}

function partsByLines(text: string, kind: "paragraph" | "code"): ExtractedDocument["parts"] {
  const builder = createPartBuilder();
  const lines = text.split("\n");
  for (let start = 0; start < lines.length; start += LINES) {
    const window = lines.slice(start, start + LINES);
    builder.startPart({ label: `Lines ${start + 1}–${start + window.length}` });
    for (const block of window.join("\n").split(/\n\s*\n/u)) builder.add({ kind, text: block });
  }
  return builder.parts();
}
