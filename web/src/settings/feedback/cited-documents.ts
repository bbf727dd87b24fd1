import type { FeedbackEntryBody } from "../../../../src/protocol/conversations.ts";
import { pageOf, titleOf } from "../../chat/citation-place.ts";

export interface CitedDocument {
  /** As the markers of the answer have it. */
  number: number;
  name: string;
  /** Null: it has none. */
  page: number | null;
}

const MARKER = /\[doc(\d{1,9})\]/gu;

/** What the words of an answer cite, by number. */
export function citedDocuments(entry: FeedbackEntryBody): CitedDocument[] {
  const { content } = entry.message.message;
  const citations = entry.message.answer?.citations ?? [];
  const markers = typeof content === "string" ? [...content.matchAll(MARKER)] : [];
  const numbers = new Set(markers.map((marker) => Number(marker[1])));
  return [...numbers]
    .toSorted((left, right) => left - right)
    .flatMap((number) => {
      const citation = citations[number - 1];
      return citation === undefined
        ? []
        : [{ number, name: titleOf(citation) ?? "…", page: pageOf(citation) }];
    });
}

/** Its text with plain numbers for markers; empty when there is none. */
export function wordsOfAnswer({ message: { message } }: FeedbackEntryBody): string {
  const { content } = message;
  return typeof content === "string" ? content.replaceAll(MARKER, "[$1]") : "";
}
