import { readFile } from "node:fs/promises";

import { expect } from "vitest";

import type { DocumentPart, ExtractedDocument } from "../ingest/document.ts";
import type { ExtractInput } from "../ingest/extract/input.ts";

export function extractInput(bytes: Buffer, filename = "file"): ExtractInput {
  return { bytes, filename, limits: { extractSeconds: 60, extractMemoryMb: 1024 } };
}

/** A file of test/fixtures/documents. */
export async function fixture(name: string): Promise<ExtractInput> {
  return extractInput(
    await readFile(new URL(`../../test/fixtures/documents/${name}`, import.meta.url)),
    name,
  );
}

/** The blocks of a document as `kind: text`, in order. */
export function linesOf(document: ExtractedDocument): string[] {
  return document.parts.flatMap(({ text, blocks }) =>
    blocks.map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`),
  );
}

const MOST_PART_HTML = 64 * 1024;

/**
 * What holds for every document: ids unique and in the view once, blocks in order, no text outside of blocks, parts of
 * the view small enough to fetch; in a PDF, every character in a word whose place is known.
 */
export function expectSound(document: ExtractedDocument): void {
  const seen = new Set<string>();
  for (const part of document.parts) {
    const ids = Array.from(part.html?.matchAll(/ id="([^"]*)"/gu) ?? [], ([, id]) => id);
    if (document.kind === "pdf") expectWordsCover(part);
    else expect(ids).toEqual(part.blocks.map(({ id }) => id));
    expect(Buffer.byteLength(part.html ?? "")).toBeLessThanOrEqual(MOST_PART_HTML);
    let end = 0;
    let outside = "";
    for (const block of part.blocks) {
      expect(block.start).toBeGreaterThanOrEqual(end);
      expect(part.text.slice(block.start, block.end).trim()).not.toBe("");
      expect(seen.has(block.id)).toBe(false);
      seen.add(block.id);
      outside += part.text.slice(end, block.start);
      end = block.end;
    }
    expect((outside + part.text.slice(end)).trim()).toBe("");
    expect(part.label).not.toBe("");
    if (document.kind !== "pdf") expect(part.blocks.length).toBeGreaterThan(0);
  }
}

function expectWordsCover({ text, geometry }: DocumentPart): void {
  const words = geometry?.words ?? new Float64Array();
  let end = 0;
  let outside = "";
  for (let at = 0; at < words.length; at += 7) {
    const [from = 0, to = 0, , left = 0, bottom = 0, right = 0, top = 0] = words.subarray(
      at,
      at + 7,
    );
    outside += text.slice(end, from);
    expect(text.slice(from, to)).toMatch(/^\S+$/u);
    expect(right).toBeGreaterThan(left);
    expect(top).toBeGreaterThan(bottom);
    end = to;
  }
  expect((outside + text.slice(end)).trim()).toBe("");
}
