import { createRequire } from "node:module";
import type { Duplex } from "node:stream";

import { isObject } from "../../protocol/validation.ts";

/** The driver's own connection, as far as it is built upon. */
type ConnectionClass = new (
  stream: Duplex,
  options: unknown,
) => {
  command(...all: unknown[]): Promise<unknown>;
};

/** Servers ask for 15,000; few operators for more than a hundred thousand. A million takes half a second. */
const MOST_ROUNDS = 1_000_000;

export interface ConnectionBounds {
  /** Most bytes of one answer. */
  mostBytes: number;
  /** The error to end a connection with, in these words. */
  refuse: (words: string) => Error;
}

/**
 * A connection for the driver's option `connectionType` that believes a server less. Left alone, the driver keeps whatever
 * length of an answer is announced in memory until it is whole, and hashes the password as many times as it is told.
 */
export function boundedConnection({ mostBytes, refuse }: ConnectionBounds): ConnectionClass {
  // It is in the package and not in its types; a test with a hostile server says when it is no longer what is built upon here.
  const { Connection } = createRequire(import.meta.url)("mongodb/lib/cmap/connection.js") as {
    Connection: ConnectionClass;
  };
  return class BoundedConnection extends Connection {
    constructor(stream: Duplex, options: unknown) {
      super(stream, options);
      const watch = createLengthWatch((length) => {
        if (length <= mostBytes) return;
        const words = `began an answer of more than ${mostBytes} bytes. Check that it is a MongoDB server, and ask it for less.`;
        stream.destroy(refuse(words));
      });
      stream.on("data", watch);
    }

    override async command(...all: unknown[]): Promise<unknown> {
      const reply = await super.command(...all);
      if (roundsIn(reply) > MOST_ROUNDS) {
        throw refuse(`wants a password hashed more than ${MOST_ROUNDS} times, which is not done.`);
      }
      return reply;
    }
  };
}

/** Calls `visit` with the length every message announces in its first four bytes, as soon as they are there. */
function createLengthWatch(visit: (length: number) => void): (piece: Uint8Array) => void {
  const head = Buffer.alloc(4);
  let headLength = 0;
  let left = 0;
  return (piece) => {
    let at = 0;
    while (at < piece.length) {
      if (left > 0) {
        const skipped = Math.min(left, piece.length - at);
        left -= skipped;
        at += skipped;
        continue;
      }
      head[headLength++] = piece[at++] ?? 0;
      if (headLength < head.length) continue;
      const length = head.readUInt32LE(0);
      visit(length);
      left = Math.max(0, length - head.length);
      headLength = 0;
    }
  };
}

/** How many times a server wants the password hashed: `i` of its first message of SCRAM; 0 in every other answer. */
function roundsIn(reply: unknown): number {
  if (!isObject(reply)) return 0;
  const { payload, speculativeAuthenticate: first } = reply;
  const message = payload ?? (isObject(first) ? first["payload"] : undefined);
  if (message === undefined) return 0;
  const bytes =
    isObject(message) && message["buffer"] instanceof Uint8Array ? message["buffer"] : message;
  if (!(bytes instanceof Uint8Array)) return 0;
  const fields = Buffer.from(bytes).toString("utf8").split(",");
  const rounds = fields
    .filter((field) => field.startsWith("i="))
    .map((field) => Number.parseInt(field.slice(2), 10));
  return Math.max(0, ...rounds.filter((count) => !Number.isNaN(count)));
}
