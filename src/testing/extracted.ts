import { readFile } from "node:fs/promises";

import { expect } from "vitest";

import type { ExtractedDocument } from "../ingest/document.ts";
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

/** What holds for every document: ids unique and in the view once, blocks in order, no text outside of blocks. */
export function expectSound(document: ExtractedDocument): void {
  const seen = new Set<string>();
  for (const part of document.parts) {
    let end = 0;
    let outside = "";
    for (const block of part.blocks) {
      expect(block.start).toBeGreaterThanOrEqual(end);
      expect(block.end).toBeGreaterThan(block.start);
      expect(seen.has(block.id)).toBe(false);
      expect(part.html?.split(`id="${block.id}"`)).toHaveLength(2);
      seen.add(block.id);
      outside += part.text.slice(end, block.start);
      end = block.end;
    }
    expect((outside + part.text.slice(end)).trim()).toBe("");
    expect(part.blocks.length).toBeGreaterThan(0);
  }
}
