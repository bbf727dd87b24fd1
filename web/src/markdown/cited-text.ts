import { splitAtMarkers } from "../../../src/client/citation-markers.ts";

/** A marker as it is shown: `citation` is its position in the list, `number` the order of first use, counted from 1. */
export interface CitationNode {
  type: "citation";
  citation: number;
  number: number;
}

export type CitedPiece = { type: "text"; value: string } | CitationNode;

/** The citations of an answer in the order they are first used. Grows at its end only, so that a number never changes. */
export type CitationOrder = number[];

/** The tail that could still become a marker, with the blank before it. */
const UNFINISHED = /[ \t]*\[(?:d(?:o(?:c[\d, doc]*)?)?)?$/u;
/** What is left of markers that name nothing. `[docs]` is a word. */
const LEFTOVER = /[ \t]?\[doc(?:\d+\]?|(?!\p{L}))/gu;
/** A label such as `doc12`, where Markdown has made a link of a marker. */
const LABEL = /^doc(\d{1,3})$/u;

/** An answer that is being written, without the half marker at its end. */
export function holdBack(text: string): string {
  return text.replace(UNFINISHED, "");
}

/** Words and markers of a text; markers that name no citation vanish with the blank before them. */
export function citedPieces(
  text: string,
  { citations, order }: { citations: number; order: CitationOrder },
): CitedPiece[] {
  const pieces: CitedPiece[] = [];
  for (const piece of splitAtMarkers(text, { citations, done: true })) {
    if (piece.type === "marker") {
      const node = citationNode(piece.citation, order);
      const last = pieces.at(-1);
      if (last?.type !== "citation" || last.citation !== node.citation) pieces.push(node);
    } else {
      const value = piece.text.replaceAll(LEFTOVER, "");
      if (value !== "") pieces.push({ type: "text", value });
    }
  }
  return pieces;
}

/** The citation a link's label names; null when it is a label like any other. */
export function citationOfLabel(
  label: string,
  { citations, order }: { citations: number; order: CitationOrder },
): CitationNode | "none" | null {
  const match = LABEL.exec(label.trim());
  if (match === null) return null;
  const citation = Number(match[1]) - 1;
  return citation >= 0 && citation < citations ? citationNode(citation, order) : "none";
}

function citationNode(citation: number, order: CitationOrder): CitationNode {
  if (!order.includes(citation)) order.push(citation);
  return { type: "citation", citation, number: order.indexOf(citation) + 1 };
}
