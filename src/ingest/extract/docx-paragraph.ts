import type { Numbering } from "./docx-numbering.ts";
import { outlineToLevel, type ParagraphStyle } from "./docx-styles.ts";
import type { NewBlock } from "./part-builder.ts";

/** One paragraph while it is read: its text and the properties that say what it is. */
export interface Paragraph {
  text: string;
  styleId: string;
  headingLevel?: number;
  listId?: string;
  listLevel?: number;
  /** Text boxes anchored in the paragraph and notes it refers to: they follow it. */
  after: NewBlock[];
}

/** A list number that takes a paragraph out of its style's list. */
const NO_LIST = "0";

export function setParagraphProperty(paragraph: Paragraph, name: string, value = ""): void {
  if (name === "pStyle") paragraph.styleId = value;
  else if (name === "outlineLvl") paragraph.headingLevel = outlineToLevel(Number(value));
  else if (name === "numId") paragraph.listId = value;
  else if (name === "ilvl") paragraph.listLevel = Number(value) || 0;
}

/** The paragraph as a block, its number in front. Numbers are counted, so every paragraph must be asked for once. */
export function paragraphBlock(
  paragraph: Paragraph,
  style: ParagraphStyle | undefined,
  numbering: Numbering | undefined,
): NewBlock {
  const text = paragraph.text.trim();
  const level = paragraph.headingLevel ?? style?.headingLevel ?? 0;
  const listId = paragraph.listId ?? style?.listId ?? NO_LIST;
  const isInList = listId !== NO_LIST && text !== "";
  const listLevel = paragraph.listLevel ?? style?.listLevel ?? 0;
  const marker = isInList ? (numbering?.nextMarker(listId, listLevel) ?? "") : "";
  const marked = marker === "" ? text : `${marker} ${text}`;
  if (level > 0) return { kind: "heading", level, text: marked };
  return { kind: isInList ? "list-item" : "paragraph", text: marked };
}
