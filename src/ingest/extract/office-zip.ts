import { posix } from "node:path";
import type { Readable } from "node:stream";

import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";

import { ExtractError, invalidFile, MOST_UNPACKED_BYTES } from "./input.ts";
import { attributeOf, parseXml, type XmlHandler } from "./office-xml.ts";

const MOST_ENTRIES = 20_000;
/** Deflate reaches about 1,000 on nothing but repetition; documents and sheets stay far below this. */
const HIGHEST_RATIO = 500;
/** Below this an entry harms nobody, whatever its ratio. */
const HARMLESS_BYTES = 8 * 1024 * 1024;
const OLE_SIGNATURE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
/** Titles that programs write into files nobody has named. */
const PLACEHOLDER_TITLE =
  /^(?:power ?point[ -]pr(?:e|é|ä)sentation|pr(?:e|é)sentation powerpoint|word document|untitled)$/iu;

/** One relationship of a part: what kind of thing it points to and that thing's name in the package. */
export interface Relationship {
  id: string;
  /** Last segment of the type's address (`styles`, `notesSlide`), the same in both variants of the standard. */
  type: string;
  target: string;
}

/** The parts of a docx, pptx or xlsx file. Names are compared without case, as the packaging standard says. */
export interface OfficePackage {
  /** Streams the XML part `name` through `handler`; does nothing when the package has no such part. */
  read(name: string, handler: XmlHandler): Promise<void>;
  /** Relationships of the part `name`, external ones left out; of the package itself when `name` is empty. */
  relationships(name: string): Promise<Relationship[]>;
  /** Name of the part everything hangs on. Throws `invalid_file` when there is none. */
  mainPart(): Promise<string>;
  /** Title in the document's properties; null when it has none. */
  title(): Promise<string | null>;
}

/**
 * Opens an Office file. What it would unpack to is checked before anything is inflated and counted while it is,
 * over all reads together, so that neither a lying size nor one part used many times gets past the limit.
 */
export async function openOfficePackage(bytes: Buffer, format: string): Promise<OfficePackage> {
  if (bytes.subarray(0, OLE_SIGNATURE.length).equals(OLE_SIGNATURE)) {
    throw invalidFile(
      `The file is protected with a password or has the format of Office 97–2003. Save it as .${format} without a password.`,
    );
  }
  const { zip, entries } = await openZip(bytes, format);
  let unpacked = 0;

  async function* unpack(entry: Entry): AsyncGenerator<Buffer> {
    const stream: Readable = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      if (unpacked > MOST_UNPACKED_BYTES) throw tooLarge(format);
      yield chunk;
    }
  }

  async function read(name: string, handler: XmlHandler): Promise<void> {
    const entry = entries.get(keyOf(name));
    if (!entry) return;
    try {
      await parseXml(unpack(entry), handler);
    } catch (error) {
      if (error instanceof ExtractError) throw error;
      throw invalidFile(
        `The .${format} file is damaged: its part "${entry.fileName}" cannot be unpacked.`,
        error,
      );
    }
  }

  async function relationships(name: string): Promise<Relationship[]> {
    const folder = posix.dirname(name);
    const found: Relationship[] = [];
    await read(posix.join(folder, "_rels", `${posix.basename(name)}.rels`), {
      open(tag, attributes) {
        if (tag !== "Relationship" || attributes["TargetMode"] === "External") return;
        const type = attributes["Type"]?.split("/").at(-1) ?? "";
        const target = posix.resolve("/", folder, attributes["Target"] ?? "").slice(1);
        found.push({ id: attributes["Id"] ?? "", type, target });
      },
    });
    return found;
  }

  return {
    read,
    relationships,
    async mainPart() {
      const main = (await relationships("")).find(({ type }) => type === "officeDocument");
      if (main && entries.has(keyOf(main.target))) return main.target;
      throw invalidFile(
        `The file is an archive but not a .${format} document. Check its type and upload it under its real name.`,
      );
    },
    async title() {
      const properties = (await relationships("")).find(({ type }) => type === "core-properties");
      const title = properties ? await readTitle(read, properties.target) : "";
      return title === "" || PLACEHOLDER_TITLE.test(title) ? null : title;
    },
  };
}

/** The target of the relationship that the `r:id` attribute of an element names. */
export function targetOf(
  relationships: Relationship[],
  attributes: Record<string, string>,
): string | undefined {
  const id = attributes["r:id"] ?? attributeOf(attributes, "id", { prefixed: true });
  return relationships.find((relationship) => relationship.id === id)?.target;
}

function keyOf(name: string): string {
  return name.toLowerCase();
}

async function openZip(
  bytes: Buffer,
  format: string,
): Promise<{ zip: ZipFile; entries: Map<string, Entry> }> {
  try {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true });
    if (zip.entryCount > MOST_ENTRIES) throw tooLarge(format);
    const entries = new Map<string, Entry>();
    let declared = 0;
    for await (const entry of zip.eachEntry()) {
      declared += entry.uncompressedSize;
      const ratio = entry.uncompressedSize / Math.max(entry.compressedSize, 1);
      const isBomb = entry.uncompressedSize > HARMLESS_BYTES && ratio > HIGHEST_RATIO;
      if (isBomb || declared > MOST_UNPACKED_BYTES) throw tooLarge(format);
      entries.set(keyOf(entry.fileName), entry);
    }
    return { zip, entries };
  } catch (error) {
    if (error instanceof ExtractError) throw error;
    throw invalidFile(
      `The .${format} file is damaged: its archive is not complete. Upload it again.`,
      error,
    );
  }
}

function tooLarge(format: string): ExtractError {
  const limit = MOST_UNPACKED_BYTES / 1024 / 1024;
  return invalidFile(
    `The .${format} file unpacks to more than the ${limit} MiB allowed. Split it into smaller files.`,
  );
}

async function readTitle(read: OfficePackage["read"], name: string): Promise<string> {
  let inTitle = false;
  let title = "";
  await read(name, {
    open: (tag) => {
      inTitle = tag === "title";
    },
    close: () => {
      inTitle = false;
    },
    text: (data) => {
      if (inTitle) title += data;
    },
  });
  return title.trim();
}
