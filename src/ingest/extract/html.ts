import { isUtf8 } from "node:buffer";
import { TextDecoder } from "node:util";

import type { ExtractedDocument } from "../document.ts";
import { createPageReader } from "./html-page.ts";
import { readTags } from "./html-tags.ts";
import type { ExtractInput } from "./input.ts";
import { createSections } from "./sections.ts";
import { decodeText } from "./text.ts";

/**
 * A web page as its headings, paragraphs, list items, table rows and preformatted text. Left out: navigation, scripts,
 * hidden elements, form controls and drawings. Throws `invalid_file` for bytes that are no text.
 */
export async function extractHtml({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const sections = createSections();
  const page = createPageReader((block) => sections.add(block));
  readTags(decodeHtml(bytes), page);
  page.end();
  return { kind: "html", title: page.title() ?? sections.firstHeading(), parts: sections.parts() };
}

const DECLARED_CHARSET =
  /<(?:meta[^>]{1,500}?charset|\?xml[^>]{1,200}?encoding)\s*=\s*["']?([\w:.-]{1,40})/iu;

/** A declared charset counts, except where the bytes are UTF-8 or, in UTF-16, hide the declaration. */
function decodeHtml(bytes: Buffer): string {
  const charset = DECLARED_CHARSET.exec(bytes.subarray(0, 4096).toString("latin1"))?.[1] ?? "";
  // ISO-2022 writes its characters with bytes that are valid UTF-8.
  const isOther = /^iso-2022/iu.test(charset) || (charset !== "" && !isUtf8(bytes));
  if (!isOther || /^utf/iu.test(charset)) return decodeText(bytes);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // No charset of that name.
    return decodeText(bytes);
  }
}
