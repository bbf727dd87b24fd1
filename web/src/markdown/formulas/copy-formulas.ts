import type { ClipboardEvent } from "react";

/** What is copied of formulas is how they were written: the words of MathML have lost what stands above what. */
export function copyFormulas(event: ClipboardEvent): void {
  const selection = getSelection();
  if (selection === null || selection.isCollapsed) return;
  const copy = document.createElement("div");
  for (let index = 0; index < selection.rangeCount; index++) {
    copy.append(selection.getRangeAt(index).cloneContents());
  }
  const formulas = copy.querySelectorAll<HTMLElement>("[data-source]");
  if (formulas.length === 0) return;
  for (const formula of formulas) formula.replaceWith(formula.dataset["source"] ?? "");
  // Only what is laid out knows its lines.
  copy.className = "visually-hidden";
  copy.style.whiteSpace = "pre-wrap";
  document.body.append(copy);
  event.clipboardData.setData("text/plain", copy.innerText);
  event.clipboardData.setData("text/html", copy.innerHTML);
  copy.remove();
  event.preventDefault();
}
