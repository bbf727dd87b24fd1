import { BSON } from "mongodb";

/** A document as BSON carries it: tests look into everything. */
export type Document = Record<string, any>;

/** A command as it came over a socket, and how its answer goes back. */
export interface WireCommand {
  requestId: number;
  document: Document;
  /** Drivers open a connection with the envelope of long ago, and are answered in it. */
  isLegacy: boolean;
  wantsReply: boolean;
}

/** The other side does not speak the protocol; the connection ends. */
export class WireError extends Error {
  override name = "WireError";
}

const HEADER_BYTES = 16;
const MOST_BYTES = 48_000_000;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 1 << 1;
const EXHAUST_ALLOWED = 1 << 16;
const KNOWN_FLAGS = CHECKSUM_PRESENT | MORE_TO_COME | EXHAUST_ALLOWED;

/** Calls `visit` with every whole message, however the bytes were cut on their way. */
export function createMessageReader(visit: (message: Buffer) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 4) {
      const length = rest.readInt32LE(0);
      if (length < HEADER_BYTES || length > MOST_BYTES) throw new WireError(`length ${length}`);
      if (rest.length < length) return;
      visit(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

export function readCommand(message: Buffer): WireCommand {
  const requestId = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  if (opcode === OP_QUERY) {
    // Flags, the name of a collection, two numbers, the command.
    const start = message.indexOf(0, HEADER_BYTES + 4) + 1 + 8;
    const { document } = readDocument(message, start);
    return { requestId, document, isLegacy: true, wantsReply: true };
  }
  if (opcode !== OP_MSG) throw new WireError(`opcode ${opcode}`);
  const flags = message.readUInt32LE(HEADER_BYTES);
  if ((flags & 0xffff & ~KNOWN_FLAGS) !== 0) throw new WireError(`flags ${flags}`);
  const wantsReply = (flags & MORE_TO_COME) === 0;
  const sections = (flags & CHECKSUM_PRESENT) === 0 ? message : withoutChecksum(message);
  return { requestId, document: readSections(sections), isLegacy: false, wantsReply };
}

function withoutChecksum(message: Buffer): Buffer {
  const sections = message.subarray(0, -4);
  if (crc32c(sections) !== message.readUInt32LE(sections.length)) throw new WireError("checksum");
  return sections;
}

/** The command of section 0, with lists of documents that came beside it put where they belong. */
function readSections(message: Buffer): Document {
  let body: Document | null = null;
  const lists: Document = {};
  let at = HEADER_BYTES + 4;
  while (at < message.length) {
    const kind = message[at++];
    if (kind === 0) {
      if (body !== null) throw new WireError("two bodies");
      const read = readDocument(message, at);
      body = read.document;
      at = read.end;
    } else if (kind === 1) {
      const end = at + message.readInt32LE(at);
      const nameEnd = message.indexOf(0, at + 4);
      const documents: Document[] = [];
      const name = message.toString("utf8", at + 4, nameEnd);
      for (at = nameEnd + 1; at < end;) {
        const read = readDocument(message, at);
        documents.push(read.document);
        at = read.end;
      }
      lists[name] = documents;
    } else throw new WireError(`section ${kind}`);
  }
  if (body === null) throw new WireError("no body");
  return { ...body, ...lists };
}

function readDocument(message: Buffer, start: number): { document: Document; end: number } {
  if (start + 4 > message.length) throw new WireError("no document");
  const end = start + message.readInt32LE(start);
  if (end > message.length) throw new WireError("document cut off");
  return { document: BSON.deserialize(message.subarray(start, end)), end };
}

/** The answer in the envelope the command came in. */
export function writeReply({ requestId, isLegacy }: WireCommand, document: Document): Buffer {
  const body = Buffer.from(BSON.serialize(document, { ignoreUndefined: true }));
  // Of the old one: flags, no cursor, the first of one document. Of today's: no flags, one section 0.
  const head = isLegacy ? Buffer.alloc(20) : Buffer.alloc(5);
  if (isLegacy) head.writeInt32LE(1, 16);
  const message = Buffer.concat([Buffer.alloc(HEADER_BYTES), head, body]);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(requestId, 8);
  message.writeInt32LE(isLegacy ? OP_REPLY : OP_MSG, 12);
  return message;
}

/** Castagnoli's, as OP_MSG has it. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
