import type { ExtractedDocument } from "../document.ts";
import { type ExtractInput, invalidFile, MOST_PAGES } from "./input.ts";
import {
  type OfficePackage,
  openOfficePackage,
  type Relationship,
  targetOf,
} from "./office-zip.ts";
import { createPartBuilder, type NewBlock, type PartBuilder } from "./part-builder.ts";
import { createSlideReader } from "./pptx-slide.ts";

/**
 * A presentation, one part a slide: its title, texts, tables and diagrams, then the speaker's notes. Slides are
 * numbered as PowerPoint does, hidden ones counted but left out. Throws `invalid_file`.
 */
export async function extractPptx({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const office = await openOfficePackage(bytes, "pptx");
  const main = await office.mainPart();
  const slides = await slideParts(office, main);
  if (slides.length > MOST_PAGES) {
    throw invalidFile(
      `The presentation has more than the ${MOST_PAGES} slides allowed. Split it into smaller files.`,
    );
  }
  const builder = createPartBuilder();
  let firstTitle: string | null = null;
  for (const [index, slide] of slides.entries()) {
    const title = await addSlide(office, slide, { builder, number: index + 1 });
    firstTitle ??= title;
  }
  return { kind: "pptx", title: (await office.title()) ?? firstTitle, parts: builder.parts() };
}

/** The slides' part names in the order in which they are shown, which is not that of their names. */
async function slideParts(office: OfficePackage, main: string): Promise<string[]> {
  const relationships = await office.relationships(main);
  const slides: string[] = [];
  let isPresentation = false;
  await office.read(main, {
    open(name, attributes) {
      isPresentation ||= name === "presentation";
      if (name !== "sldId") return;
      const target = targetOf(relationships, attributes);
      if (target !== undefined) slides.push(target);
    },
  });
  if (!isPresentation)
    throw invalidFile("The .pptx file is damaged: its main part holds no presentation.");
  return slides;
}

/** Returns the slide's title, or null when it has none or is hidden. */
async function addSlide(
  office: OfficePackage,
  slide: string,
  { builder, number }: { builder: PartBuilder; number: number },
): Promise<string | null> {
  const shown = createSlideReader();
  await office.read(slide, shown.handler);
  if (shown.isHidden()) return null;
  const relationships = await office.relationships(slide);
  const title = shown.title();
  builder.startPart({ label: `Slide ${number}`, page: number, headingPath: [] });
  if (title !== "") builder.add({ kind: "heading", level: 1, text: title });
  for (const block of shown.blocks()) builder.add(block);
  for (const block of await diagramBlocks(office, relationships)) builder.add(block);
  builder.add({ kind: "note", text: await notesText(office, relationships) });
  return title === "" ? null : title.replaceAll(/\s+/gu, " ");
}

/** The words of a SmartArt diagram stand in a part of their own. */
async function diagramBlocks(
  office: OfficePackage,
  relationships: Relationship[],
): Promise<NewBlock[]> {
  const blocks: NewBlock[] = [];
  for (const { type, target } of relationships) {
    if (type !== "diagramData") continue;
    const reader = createSlideReader();
    await office.read(target, reader.handler);
    for (const block of reader.blocks()) blocks.push({ ...block, kind: "list-item" });
  }
  return blocks;
}

async function notesText(office: OfficePackage, relationships: Relationship[]): Promise<string> {
  const part = relationships.find(({ type }) => type === "notesSlide");
  if (!part) return "";
  const reader = createSlideReader({ onlyPlaceholder: "body" });
  await office.read(part.target, reader.handler);
  return reader
    .blocks()
    .map(({ text }) => text.trim())
    .filter(Boolean)
    .join("\n");
}
