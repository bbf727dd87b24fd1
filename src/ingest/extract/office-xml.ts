import { TextDecoder } from "node:util";

import { Parser } from "htmlparser2";

import { invalidFile } from "./input.ts";

/** No Office document nests its elements nearly as deep; the parser's cost grows with the square of the depth. */
const DEEPEST = 2_000;

/** Events of an XML document. Element names come without their namespace prefix, which producers choose freely. */
export interface XmlHandler {
  open?(name: string, attributes: Record<string, string>): void;
  close?(name: string): void;
  /** Character data; one run of text may come in several calls. */
  text?(data: string): void;
}

/**
 * Streams XML through `handler`. Nothing is resolved: entities of a document type declaration stay as they are
 * written, so neither external ones nor expanding ones do anything. UTF-16 is told by its byte order mark.
 */
export async function parseXml(chunks: AsyncIterable<Buffer>, handler: XmlHandler): Promise<void> {
  let depth = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        depth++;
        if (depth > DEEPEST)
          throw invalidFile(`The file's XML is nested more than ${DEEPEST} elements deep.`);
        handler.open?.(localName(name), attributes);
      },
      onclosetag(name) {
        depth--;
        handler.close?.(localName(name));
      },
      ontext: (data) => handler.text?.(data),
    },
    { xmlMode: true },
  );
  let decoder: TextDecoder | undefined;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    parser.write(decoder.decode(chunk, { stream: true }));
  }
  parser.end(decoder?.decode() ?? "");
}

function encodingOf(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  return "utf-8";
}

function localName(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
}

/** Value of the attribute with this local name; with `prefixed`, only of one that has a namespace prefix. */
export function attributeOf(
  attributes: Record<string, string>,
  name: string,
  { prefixed = false }: { prefixed?: boolean } = {},
): string | undefined {
  const plain = prefixed ? undefined : attributes[name];
  if (plain !== undefined) return plain;
  for (const key in attributes) {
    if (key.endsWith(name) && key.charAt(key.length - name.length - 1) === ":")
      return attributes[key];
  }
  return undefined;
}

/** True for an on/off property that is present and not switched off: `<w:b/>`, `<w:b w:val="1"/>`. */
export function isOn(value: string | undefined): boolean {
  return value === undefined || !["0", "false", "off"].includes(value);
}
