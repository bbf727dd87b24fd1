import type { ExtractedDocument } from "../document.ts";
import { type ExtractInput, MOST_PAGES } from "./input.ts";
import { type OfficeZip, openOfficeZip, readRelationships, readTitle } from "./office-zip.ts";
import { createPartBuilder, type PartBuilder } from "./part-builder.ts";

const MAIN = "ppt/presentation.xml";

/** Slides in the order they are shown, each with its title, text, table cells and speaker notes. Hidden ones are left out. */
export async function extractPptx({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const zip = await openOfficeZip(bytes);
  const slides = await slidesInOrder(zip);
  const builder = createPartBuilder();
  let firstTitle: string | null = null;
  for (const [index, slide] of slides.slice(0, MOST_PAGES).entries()) {
    const shapes = await readShapes(zip, slide);
    if (shapes.hidden) continue;
    builder.startPart({ label: `Slide ${index + 1}`, page: index + 1, headingPath: [] });
    addShapes(builder, shapes.paragraphs);
    firstTitle ??= shapes.paragraphs.find((paragraph) => paragraph.isTitle)?.text ?? null;
    const notes = [...(await readRelationships(zip, slide)).values()].find((target) =>
      target.includes("notesSlide"),
    );
    if (notes !== undefined) {
      for (const { text, placeholder } of (await readShapes(zip, notes)).paragraphs) {
        if (placeholder === "body") builder.add({ kind: "note", text });
      }
    }
  }
  return { kind: "pptx", title: (await readTitle(zip)) ?? firstTitle, parts: builder.parts() };
}

async function slidesInOrder(zip: OfficeZip): Promise<string[]> {
  const targets = await readRelationships(zip, MAIN);
  const slides: string[] = [];
  await zip.readXml(MAIN, {
    open(name, attributes) {
      const target = name === "p:sldId" ? targets.get(attributes["r:id"] ?? "") : undefined;
      if (target !== undefined) slides.push(target);
    },
  });
  return slides;
}

interface SlideParagraph {
  text: string;
  isTitle: boolean;
  /** Type of the placeholder it stands in: `title`, `body`, `sldNum` …; empty for free shapes. */
  placeholder: string;
}

async function readShapes(
  zip: OfficeZip,
  part: string,
): Promise<{ hidden: boolean; paragraphs: SlideParagraph[] }> {
  const paragraphs: SlideParagraph[] = [];
  let hidden = false;
  let placeholder = "";
  let text = "";
  let inText = false;
  await zip.readXml(part, {
    open(name, attributes) {
      if (name === "p:sld") hidden = attributes["show"] === "0";
      else if (name === "p:sp") placeholder = "";
      else if (name === "p:ph") placeholder = attributes["type"] ?? "body";
      else if (name === "a:t") inText = true;
      else if (name === "a:br") text += "\n";
    },
    text(piece) {
      if (inText) text += piece;
    },
    close(name) {
      if (name === "a:t") inText = false;
      if (name !== "a:p") return;
      const isTitle = placeholder === "title" || placeholder === "ctrTitle";
      if (text.trim() !== "") paragraphs.push({ text: text.trim(), isTitle, placeholder });
      text = "";
    },
  });
  return { hidden, paragraphs };
}

const FURNITURE = new Set(["sldNum", "dt", "ftr", "hdr"]);

function addShapes(builder: PartBuilder, paragraphs: SlideParagraph[]): void {
  for (const { text, isTitle, placeholder } of paragraphs) {
    if (FURNITURE.has(placeholder)) continue;
    if (isTitle) builder.add({ kind: "heading", level: 1, text });
    else builder.add({ kind: placeholder === "body" ? "list-item" : "paragraph", text });
  }
}
