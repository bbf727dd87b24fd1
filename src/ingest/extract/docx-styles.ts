import { attributeOf } from "./office-xml.ts";
import type { OfficePackage } from "./office-zip.ts";

/** What a paragraph style means for reading; undefined where neither it nor a style it is based on says anything. */
export interface ParagraphStyle {
  /** 1 to 9 for headings; 0 for styles said to be body text. */
  headingLevel?: number;
  listId?: string;
  listLevel?: number;
  /** The entries of a table of contents repeat the headings. */
  isTableOfContents: boolean;
}

interface StyleDefinition {
  name: string;
  basedOn?: string;
  outline?: number;
  listId?: string;
  listLevel?: number;
}

/** Word keeps the English name of its built-in styles in every language; only their ids are translated. */
const HEADING_NAME = /^heading ?([1-9])$/iu;
const TABLE_OF_CONTENTS_NAME = /^(?:toc ?[1-9]|table of figures)$/iu;
const LONGEST_CHAIN = 20;

/** Reads word/styles.xml. The result maps a style id to its meaning; without the part ids are read as names. */
export async function readStyles(
  office: OfficePackage,
  part: string | undefined,
): Promise<(styleId: string) => ParagraphStyle> {
  const definitions = new Map<string, StyleDefinition>();
  if (part !== undefined) {
    let style: StyleDefinition = { name: "" };
    await office.read(part, {
      open(name, attributes) {
        const value = attributeOf(attributes, "val") ?? "";
        if (name === "style") {
          style = { name: "" };
          definitions.set(attributeOf(attributes, "styleId") ?? "", style);
        } else if (name === "name") style.name = value;
        else if (name === "basedOn") style.basedOn = value;
        else if (name === "outlineLvl") style.outline = Number(value);
        else if (name === "numId") style.listId = value;
        else if (name === "ilvl") style.listLevel = Number(value);
      },
    });
  }
  const resolved = new Map<string, ParagraphStyle>();
  return (styleId) => {
    const known = resolved.get(styleId);
    if (known) return known;
    const style = resolve(styleId, definitions);
    resolved.set(styleId, style);
    return style;
  };
}

function resolve(styleId: string, definitions: Map<string, StyleDefinition>): ParagraphStyle {
  const style: ParagraphStyle = { isTableOfContents: false };
  let id: string | undefined = styleId;
  for (let step = 0; step < LONGEST_CHAIN && id !== undefined; step++) {
    const definition: StyleDefinition = definitions.get(id) ?? { name: id };
    const level = levelOf(definition);
    if (level !== undefined) style.headingLevel ??= level;
    if (definition.listId !== undefined) style.listId ??= definition.listId;
    if (definition.listLevel !== undefined) style.listLevel ??= definition.listLevel;
    style.isTableOfContents ||= TABLE_OF_CONTENTS_NAME.test(definition.name);
    id = definition.basedOn;
  }
  return style;
}

function levelOf({ name, outline }: StyleDefinition): number | undefined {
  if (outline !== undefined) return outlineToLevel(outline);
  if (/^title$/iu.test(name)) return 1;
  const digit = HEADING_NAME.exec(name)?.[1];
  return digit === undefined ? undefined : Number(digit);
}

/** Outline levels count from 0, and 9 means body text. */
export function outlineToLevel(outline: number): number {
  return outline >= 0 && outline < 9 ? outline + 1 : 0;
}
