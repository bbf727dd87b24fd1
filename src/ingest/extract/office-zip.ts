import { Parser, type ParserOptions } from "htmlparser2";
import { type Entry, fromBuffer, type ZipFile } from "yauzl";

import { invalidFile, MOST_UNPACKED_BYTES } from "./input.ts";

const MOST_ENTRIES = 20_000;
const XML: ParserOptions = { xmlMode: true, decodeEntities: true };

export interface OfficeZip {
  names: string[];
  /** Reads an entry as XML, piece by piece; does nothing when there is no such entry. */
  readXml(name: string, handlers: XmlHandlers): Promise<void>;
}

export interface XmlHandlers {
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Opens an Office document. A bomb is refused by what its directory declares before anything is unpacked, and by what
 * really comes out while it is.
 */
export async function openOfficeZip(bytes: Buffer): Promise<OfficeZip> {
  const zip = await openZip(bytes);
  const entries = await listEntries(zip);
  let unpacked = 0;
  return {
    names: [...entries.keys()],
    async readXml(name, handlers) {
      const entry = entries.get(name);
      if (!entry) return;
      const parser = new Parser(
        {
          onopentag: (tag, attributes) => handlers.open?.(tag, attributes),
          ontext: (text) => handlers.text?.(text),
          onclosetag: (tag) => handlers.close?.(tag),
        },
        XML,
      );
      const decoder = new TextDecoder();
      for await (const piece of await openEntry(zip, entry)) {
        unpacked += piece.length;
        if (unpacked > MOST_UNPACKED_BYTES) throw tooLarge();
        parser.write(decoder.decode(piece, { stream: true }));
      }
      parser.end();
    },
  };
}

function openZip(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error)
        reject(invalidFile("The document is damaged: it is not a complete archive.", error));
      else resolve(zip);
    });
  });
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  let declared = 0;
  return await new Promise((resolve, reject) => {
    zip.on("entry", (entry: Entry) => {
      declared += entry.uncompressedSize;
      if (declared > MOST_UNPACKED_BYTES || entries.size >= MOST_ENTRIES) {
        reject(tooLarge());
        return;
      }
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on("end", () => resolve(entries));
    zip.on("error", (error: unknown) =>
      reject(invalidFile("The document is damaged: its archive cannot be read.", error)),
    );
    zip.readEntry();
  });
}

async function openEntry(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  return await new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error)
        reject(
          invalidFile(`The document is damaged: ${entry.fileName} in it cannot be read.`, error),
        );
      else resolve(stream);
    });
  });
}

function tooLarge(): Error {
  return invalidFile(
    `The document unpacks to more than ${MOST_UNPACKED_BYTES / 1024 / 1024} MiB and was refused. Split it into smaller ones.`,
  );
}

/** Targets of a part's relationships by id, as entry names. */
export async function readRelationships(
  zip: OfficeZip,
  part: string,
): Promise<Map<string, string>> {
  const folder = part.slice(0, part.lastIndexOf("/") + 1);
  const targets = new Map<string, string>();
  await zip.readXml(`${folder}_rels/${part.slice(folder.length)}.rels`, {
    open(name, attributes) {
      const { Id: id, Target: target } = attributes;
      if (name !== "Relationship" || id === undefined || target === undefined) return;
      targets.set(id, target.startsWith("/") ? target.slice(1) : resolvePath(folder + target));
    },
  });
  return targets;
}

function resolvePath(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== ".") names.push(name);
  }
  return names.join("/");
}

/** The title in the document's properties; null when it has none. */
export async function readTitle(zip: OfficeZip): Promise<string | null> {
  let title = "";
  let inTitle = false;
  await zip.readXml("docProps/core.xml", {
    open: (name) => {
      if (name === "dc:title") inTitle = true;
    },
    text: (text) => {
      if (inTitle) title += text;
    },
    close: () => {
      inTitle = false;
    },
  });
  return title.trim() || null;
}
