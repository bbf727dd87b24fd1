import type { ViewAnchor } from "../../../src/protocol/documents.ts";

/** Marks the anchored passage without touching the document, and brings it into view. */
export function highlight(container: HTMLElement, { start, end }: ViewAnchor): void {
  const first = container.querySelector(`#${CSS.escape(start.id)}`);
  const last = container.querySelector(`#${CSS.escape(end.id)}`);
  if (!first || !last) return;
  const range = new Range();
  setBoundary(range, { element: first, offset: start.offset, isStart: true });
  setBoundary(range, { element: last, offset: end.offset, isStart: false });
  CSS.highlights.set("cited", new Highlight(range));
  first.scrollIntoView({ block: "center" });
}

/** An offset in the element's text; past its end (a table row shows other words than it was read as) its edge. */
function setBoundary(
  range: Range,
  { element, offset, isStart }: { element: Element; offset: number; isStart: boolean },
): void {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = offset;
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (left <= length && element.tagName !== "TR") {
      if (isStart) range.setStart(node, left);
      else range.setEnd(node, left);
      return;
    }
    left -= length;
  }
  if (isStart) range.setStartBefore(element);
  else range.setEndAfter(element);
}
