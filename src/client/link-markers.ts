import { splitAtMarkers } from "./citation-markers.ts";

/**
 * Puts a link in place of every `[docN]`: what `toLink` answers for the citation and its number. While an answer is
 * streamed (`done` false) a half-written marker at the end is left out. A number without a citation stays as it is.
 */
export function linkMarkers<Citation>(
  answer: string,
  citations: readonly Citation[],
  {
    toLink,
    done = true,
  }: { toLink: (citation: Citation, number: number) => string; done?: boolean },
): string {
  return splitAtMarkers(answer, { citations: citations.length, done })
    .map((piece) => {
      if (piece.type === "text") return piece.text;
      const citation = citations[piece.citation];
      return citation === undefined ? "" : toLink(citation, piece.citation + 1);
    })
    .join("");
}

/** Only what the answer cites, with its markers numbered anew from 1 in the order they appear. */
export function citedOnly<Citation>(
  answer: string,
  citations: readonly Citation[],
): { text: string; citations: Citation[] } {
  const cited: Citation[] = [];
  const text = linkMarkers(answer, citations, {
    toLink(citation) {
      if (!cited.includes(citation)) cited.push(citation);
      return `[doc${cited.indexOf(citation) + 1}]`;
    },
  });
  return { text, citations: cited };
}
