import type { ReadingViewOutline } from "../../protocol/documents.ts";
import type { ExtractedDocument } from "../document.ts";

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
        ...(part.geometry ? { box: part.geometry.box } : {}),
      })),
    },
    parts: document.kind === "pdf" ? [] : document.parts.map((part) => part.html ?? ""),
  };
}
