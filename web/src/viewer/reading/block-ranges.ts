import type { ViewAnchor } from "../../../../src/protocol/documents.ts";

/** What to paint of a passage in a reading view: stretches of text, and whole rows of tables. */
export interface Painted {
  ranges: Range[];
  rows: HTMLElement[];
  /** Where the passage begins, of what is there. */
  first: HTMLElement | null;
}

/** Finds the passage among the blocks that are in the container. Changes nothing. */
export function paintedBy(container: HTMLElement, { start, end }: ViewAnchor): Painted {
  const painted: Painted = { ranges: [], rows: [], first: null };
  for (const block of blocksBetween(container, start.id, end.id)) {
    painted.first ??= block;
    // Rows are read with the names of their columns, so that offsets in them are not those of what is shown.
    if (block.tagName === "TR") painted.rows.push(block);
    else {
      const from = block.id === start.id ? start.offset : 0;
      const to = block.id === end.id ? end.offset : Number.POSITIVE_INFINITY;
      painted.ranges.push(rangeIn(block, from, to));
    }
  }
  return painted;
}

/** Ids count the blocks of a document, `b0`, `b1`, …, so a passage may begin or end in a part that is not there. */
function blocksBetween(container: HTMLElement, startId: string, endId: string): HTMLElement[] {
  const [first, last] = [ordinalOf(startId), ordinalOf(endId)];
  return [...container.querySelectorAll<HTMLElement>('[id^="b"]')].filter(({ id }) => {
    const ordinal = ordinalOf(id);
    return ordinal >= first && ordinal <= last;
  });
}

function ordinalOf(id: string): number {
  return Number(id.slice(1));
}

/** From one offset in the text of the element to another; beyond its end, its end. */
function rangeIn(element: HTMLElement, from: number, to: number): Range {
  const range = new Range();
  range.selectNodeContents(element);
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let passed = 0;
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (from >= passed && from < passed + length) range.setStart(node, from - passed);
    if (to > passed && to <= passed + length) {
      range.setEnd(node, to - passed);
      break;
    }
    passed += length;
  }
  return range;
}
