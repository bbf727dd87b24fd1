import type { StoredAnswer } from "../protocol/conversations.ts";
import { isObject } from "../protocol/validation.ts";

export interface ExportedMessage {
  message: Record<string, unknown>;
  answer: StoredAnswer | null;
}

/** A conversation as a document: questions as headings, answers below them, each with its sources. */
export function toMarkdown(title: string | null, messages: ExportedMessage[]): string {
  const parts = [`# ${oneLine(title ?? "Conversation")}`];
  for (const { message, answer } of messages) {
    const text = wordsOf(message["content"]);
    if (text === "") continue;
    if (message["role"] === "user") parts.push(`## ${oneLine(text)}`);
    else if (message["role"] === "assistant") parts.push(...answerParts(text, answer));
  }
  return `${parts.join("\n\n")}\n`;
}

function answerParts(text: string, answer: StoredAnswer | null): string[] {
  const citations = answer?.citations ?? [];
  // Sources are numbered in the order they are used, as the page shows them.
  const numbers = new Map<number, number>();
  const body = text.replaceAll(/\[doc(\d{1,9})\]/gu, (_marker, digits: string) => {
    const cited = Number(digits);
    if (!numbers.has(cited)) numbers.set(cited, numbers.size + 1);
    return `[${numbers.get(cited)}]`;
  });
  const sources = [...numbers].flatMap(([cited, number]) => {
    const citation = citations[cited - 1];
    if (citation === undefined) return [];
    const name = citation.title ?? citation.filepath ?? `document ${cited}`;
    const where = citation.url === null ? "" : ` (${citation.url})`;
    return [`${number}. ${oneLine(name)}${where}`];
  });
  return sources.length === 0 ? [body] : [body, `Sources:\n\n${sources.join("\n")}`];
}

/** The words of a message's content, a string or a list of parts. */
export function wordsOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: unknown) =>
      isObject(part) && typeof part["text"] === "string" ? part["text"] : "",
    )
    .filter(Boolean)
    .join("\n");
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}
