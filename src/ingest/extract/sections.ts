import type { DocumentPart } from "../document.ts";
import { createPartBuilder, type NewBlock } from "./part-builder.ts";

/** What stands in front of this many characters belongs to the first part, so that a title is not a part of its own. */
const FRONT_MATTER = 200;
/** A part this long ends at the next heading of any level. */
const COMFORTABLE = 12_000;
const LONGEST_LABEL = 100;

/** Puts a flow of blocks without pages into parts: one for each top heading, more when a section is long. */
export interface Sections {
  add(block: NewBlock): void;
  /** Text of the first heading, or null. */
  firstHeading(): string | null;
  parts(): DocumentPart[];
}

export function createSections(): Sections {
  const builder = createPartBuilder();
  let front: NewBlock[] | null = [];
  let label = "";
  let size = 0;
  let firstHeading: string | null = null;

  function startPart(text: string): void {
    label = text;
    size = 0;
    builder.startPart({ label: text });
  }

  function write(block: NewBlock): void {
    builder.add(block);
    size += block.text.length;
  }

  function flushFront(blocks: NewBlock[]): void {
    front = null;
    startPart(firstHeading ?? "Beginning");
    for (const block of blocks) write(block);
  }

  return {
    add(block) {
      if (block.text.trim() === "") return;
      const isHeading = block.kind === "heading";
      if (isHeading) firstHeading ??= labelOf(block.text);
      if (front) {
        front.push(block);
        size += block.text.length;
        if (size > FRONT_MATTER) flushFront(front);
        return;
      }
      if (isHeading && (block.level === 1 || size > COMFORTABLE)) startPart(labelOf(block.text));
      else if (builder.isFull()) startPart(label.replace(/( \(continued\))?$/u, " (continued)"));
      write(block);
    },
    firstHeading: () => firstHeading,
    parts() {
      if (front) flushFront(front);
      return builder.parts();
    },
  };
}

function labelOf(text: string): string {
  const line = text.trim().replaceAll(/\s+/gu, " ");
  return line.length > LONGEST_LABEL ? `${line.slice(0, LONGEST_LABEL - 1)}…` : line;
}
