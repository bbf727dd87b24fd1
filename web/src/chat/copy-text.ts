import { citedOnly, linkMarkers } from "../../../src/client/link-markers.ts";
import { parseAnswer } from "../markdown/answer-parser.ts";
import { wordsOf } from "../markdown/answer-tree.ts";
import { pageOf, titleOf } from "./citation-place.ts";
import type { ShownAnswer } from "./shown-answer.ts";

/** The words of an answer as they are read out: without numbers and signs of Markdown. */
export function spokenWords({ text, citations }: ShownAnswer): string {
  const { blocks } = parseAnswer(text, citations.length);
  return blocks.map(({ nodes }) => wordsOf(nodes, () => "")).join("\n");
}

/**
 * An answer for the clipboard, as Markdown.
 * @param heading Stands above the list of sources; null: neither list nor numbers.
 */
export function copyText({ text, citations }: ShownAnswer, heading: string | null): string {
  if (heading === null) {
    return linkMarkers(text, citations, { toLink: () => "" }).replaceAll(/ +([.,;:!?])/gu, "$1");
  }
  const cited = citedOnly(text, citations);
  const body = linkMarkers(cited.text, cited.citations, {
    toLink: (_citation, number) => `[${number}]`,
  });
  const list = cited.citations.map((citation, index) => {
    const page = pageOf(citation);
    return `[${index + 1}] ${titleOf(citation) ?? "?"}${page === null ? "" : `, p. ${page}`}`;
  });
  return [body, `${heading}:`, list.join("\n")].join("\n\n");
}
