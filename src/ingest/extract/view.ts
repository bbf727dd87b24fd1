import type { ReadingViewOutline, ReadingViewPartInfo } from "../../protocol/documents.ts";
import { type ExtractedDocument, type PageGeometry, WORD_FIELDS } from "../document.ts";

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => ESCAPES[character] ?? character);
}

/** What a client needs to show a document and find passages in it. */
export function viewOf(document: ExtractedDocument): {
  outline: ReadingViewOutline;
  parts: string[];
} {
  return {
    outline: {
      kind: document.kind,
      title: document.title,
      render: document.kind === "pdf" ? "pdf" : "html",
      parts: document.parts.map((part, index) => ({
        index,
        label: part.label,
        ...(part.geometry ? geometryOf(part.geometry) : {}),
      })),
    },
    parts: document.kind === "pdf" ? [] : document.parts.map((part) => part.html ?? ""),
  };
}

function geometryOf({ box, words }: PageGeometry): Pick<ReadingViewPartInfo, "box" | "text"> {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at + WORD_FIELDS <= words.length; at += WORD_FIELDS) {
    const [left = 0, , right = 0] = words.subarray(at + 3, at + WORD_FIELDS);
    first = Math.min(first, left);
    last = Math.max(last, right);
  }
  return last < first ? { box } : { box, text: [Math.round(first), Math.round(last)] };
}
