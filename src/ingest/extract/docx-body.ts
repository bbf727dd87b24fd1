import type { Numbering } from "./docx-numbering.ts";
import { type Paragraph, paragraphBlock, setParagraphProperty } from "./docx-paragraph.ts";
import type { ParagraphStyle } from "./docx-styles.ts";
import { createTableReader, type TableReader } from "./docx-table.ts";
import { attributeOf, isOn, type XmlHandler } from "./office-xml.ts";
import type { NewBlock } from "./part-builder.ts";

interface BodyOptions {
  styleOf?: (styleId: string) => ParagraphStyle;
  numbering?: Numbering;
  /** Text of footnotes and endnotes, under `footnote:2`, `endnote:2`. */
  notes?: Map<string, string>;
  emit: (block: NewBlock) => void;
}

/** What is not in the text as a reader of the finished document sees it; `Fallback` repeats its `Choice`. */
const SKIPPED = new Set(
  "del moveFrom Fallback rt pPrChange rPrChange tblPrChange trPrChange tcPrChange sectPrChange".split(
    " ",
  ),
);
/** Elements of a run that stand for characters. */
const CHARACTERS = new Map([
  ["tab", "\t"],
  ["br", "\n"],
  ["cr", "\n"],
  ["noBreakHyphen", "\u2011"],
]);
const NOTE_REFERENCE = /^(footnote|endnote)Reference$/u;

/**
 * Turns the events of a body of WordprocessingML (document, footnotes) into blocks. Paragraphs nest (a text box
 * stands inside a run) and so do tables: both are kept on stacks, and blocks go to the innermost open cell or box.
 */
export function createBodyReader({
  styleOf,
  numbering,
  notes,
  emit,
}: BodyOptions): Required<XmlHandler> {
  const sinks: NewBlock[][] = [];
  const paragraphs: Paragraph[] = [];
  const tables: TableReader[] = [];
  let skipDepth = 0;
  let inText = false;
  let inRun = false;
  let isHiddenRun = false;

  function put(block: NewBlock): void {
    const sink = sinks.at(-1);
    if (sink) sink.push(block);
    else emit(block);
  }

  function write(text: string): void {
    const paragraph = paragraphs.at(-1);
    if (paragraph && !isHiddenRun) paragraph.text += text;
  }

  function addNote(kind: string, id: string | undefined): void {
    const text = notes?.get(`${kind}:${id}`);
    if (text === undefined) return;
    const note: NewBlock = { kind: "note", text };
    const table = tables.at(-1);
    if (table) table.addNote(note);
    else paragraphs.at(-1)?.after.push(note);
  }

  function openInRun(name: string, attributes: Record<string, string>): void {
    const noteKind = NOTE_REFERENCE.exec(name)?.[1];
    if (name === "t") inText = true;
    else if (name === "vanish") isHiddenRun = isOn(attributeOf(attributes, "val"));
    else if (noteKind !== undefined) addNote(noteKind, attributeOf(attributes, "id"));
    else if (name === "txbxContent") {
      sinks.push([]);
      inRun = false;
    } else write(CHARACTERS.get(name) ?? "");
  }

  function openInBody(name: string, attributes: Record<string, string>): void {
    const table = tables.at(-1);
    const paragraph = paragraphs.at(-1);
    if (name === "p") paragraphs.push({ text: "", styleId: "", after: [] });
    else if (name === "r") {
      inRun = true;
      isHiddenRun = false;
    } else if (name === "tbl") tables.push(createTableReader());
    else if (name === "tr") table?.startRow();
    else if (name === "tc") sinks.push(table?.startCell() ?? []);
    else {
      const value = attributeOf(attributes, "val");
      if (paragraph) setParagraphProperty(paragraph, name, value);
      table?.property(name, value);
    }
  }

  function closeParagraph(): void {
    const paragraph = paragraphs.pop();
    if (!paragraph) return;
    const style = styleOf?.(paragraph.styleId);
    if (!style?.isTableOfContents) put(paragraphBlock(paragraph, style, numbering));
    paragraph.after.forEach(put);
  }

  function closeTextBox(): void {
    const blocks = sinks.pop() ?? [];
    const paragraph = paragraphs.at(-1);
    for (const block of blocks) paragraph?.after.push(block);
    inRun = true;
  }

  return {
    open(name, attributes) {
      if (skipDepth > 0 || SKIPPED.has(name)) skipDepth++;
      else if (inRun && name !== "r") openInRun(name, attributes);
      else openInBody(name, attributes);
    },
    close(name) {
      if (skipDepth > 0) skipDepth--;
      else if (name === "t") inText = false;
      else if (name === "r") inRun = false;
      else if (name === "p") closeParagraph();
      else if (name === "tc") sinks.pop();
      else if (name === "tr") tables.at(-1)?.endRow().forEach(put);
      else if (name === "tbl") tables.pop()?.notes().forEach(put);
      else if (name === "txbxContent") closeTextBox();
    },
    text(data) {
      if (inText && skipDepth === 0) write(data);
    },
  };
}
