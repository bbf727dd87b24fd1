import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createServer as createTlsServer, TLSSocket } from "node:tls";

import { atlas } from "./atlas.ts";
import { CommandError } from "./command-error.ts";
import { type HostState, type Peer, runCommand } from "./commands.ts";
import { createHostData, type HostData } from "./data.ts";
import { createScramAuthority } from "./scram.ts";
import { vcore } from "./vcore.ts";
import {
  createMessageReader,
  type Document,
  readCommand,
  type WireCommand,
  writeReply,
} from "./wire.ts";

export interface MongoHost extends AsyncDisposable {
  /** `127.0.0.1:…`, `localhost:…` with TLS. */
  address: string;
  port: number;
  data: HostData;
  /** Commands so far, in order. */
  commands: Document[];
  /** Commands that were being worked on when their client left. */
  abandoned: string[];
  /** Commands that are never answered and whose client still waits. */
  stalled(): number;
  /** Connections that are open right now. */
  connections(): number;
  /** Cursors nobody has emptied or closed. */
  openCursors(): number;
  /** Answers `after` commands of this name as they should be, then all (or `times`) with the fault. */
  fault(command: string, fault: MongoFault, options?: { after?: number; times?: number }): void;
}

/** What goes wrong with a command. */
export type MongoFault =
  /** It is refused. */
  | { type: "error"; code: number; message: string; labels?: string[] }
  /** It is taken and never answered. */
  | { type: "stall" }
  /** It takes longer than its `maxTimeMS`. */
  | { type: "overtime" }
  /** The connection is reset instead of an answer, or within it. */
  | { type: "reset"; midReply: boolean }
  /** An answer that announces a gigabyte, and more of it than anybody waits for. */
  | { type: "oversized" }
  /** The answer of another protocol. */
  | { type: "nonsense" }
  /** Another answer than the right one. */
  | { type: "reply"; document: Document };

export interface MongoHostOptions {
  /** Which service it is. */
  flavour: "vcore" | "atlas";
  /** Passwords by name; without them everybody is let in. */
  users?: Record<string, string>;
  /** PEM; without it everything travels openly. */
  tls?: { key: string; cert: string };
  /** Says more about itself: further members, another role. */
  hello?: Document;
}

/** A server of MongoDB's protocol with vectors and words to be searched, and everything that can go wrong. Judged by the official driver. */
export async function startMongoHost({
  flavour,
  users,
  tls,
  hello = {},
}: MongoHostOptions): Promise<MongoHost> {
  const engine = flavour === "vcore" ? vcore : atlas;
  const sockets = new Set<Socket>();
  let stalled = 0;
  const host = { data: createHostData(), commands: [] as Document[], abandoned: [] as string[] };
  const faults = new Map<string, { fault: MongoFault; after: number; times: number }>();
  const state: HostState = {
    engine: { ...engine, hello: (own) => ({ ...engine.hello(own), ...hello }) },
    data: host.data,
    authority: users ? createScramAuthority(new Map(Object.entries(users))) : null,
    cursors: new Map(),
    address: () => address,
  };

  function nextFault(name: string): MongoFault | null {
    const plan = faults.get(name);
    if (plan === undefined) return null;
    if (plan.after > 0) plan.after--;
    else if (plan.times-- > 0) return plan.fault;
    return null;
  }

  async function answer(socket: Socket, peer: Peer, command: WireCommand): Promise<void> {
    const [name = ""] = Object.keys(command.document);
    host.commands.push(command.document);
    const fault = nextFault(name);
    if (fault !== null) {
      if (fault.type === "stall") {
        stalled++;
        socket.once("close", () => {
          stalled--;
          host.abandoned.push(name);
        });
      } else await commit(fault, socket, command);
      return;
    }
    const reply = await runCommand(state, peer, command.document).then(
      (document) => ({ ...document, ok: 1 }),
      refusalOf,
    );
    if (command.wantsReply) socket.write(writeReply(command, reply));
  }

  function serve(socket: Socket): void {
    const peer: Peer = {
      id: sockets.size,
      username: null,
      conversation: null,
      skipsEmptyExchange: false,
    };
    let last: Promise<void> = Promise.resolve();
    const read = createMessageReader((message) => {
      const command = readCommand(message);
      last = last.then(() => answer(socket, peer, command)).catch(() => void socket.destroy());
    });
    socket.on("data", (piece: Buffer) => {
      try {
        read(piece);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => {});
  }

  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const address = `${tls ? "localhost" : "127.0.0.1"}:${port}`;
  return {
    ...host,
    address,
    port,
    stalled: () => stalled,
    connections: () => sockets.size,
    openCursors: () => state.cursors.size,
    fault: (command, fault, { after = 0, times = Infinity } = {}) =>
      void faults.set(command, { fault, after, times }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refusalOf(error: unknown): Document {
  if (!(error instanceof CommandError)) throw error;
  const { code, codeName, message, labels } = error;
  const errorLabels = labels.length === 0 ? undefined : labels;
  return { ok: 0, errmsg: message, code, codeName, errorLabels };
}

async function commit(
  fault: Exclude<MongoFault, { type: "stall" }>,
  socket: Socket,
  command: WireCommand,
): Promise<void> {
  switch (fault.type) {
    case "error":
      socket.write(
        writeReply(command, refusalOf(new CommandError(fault.code, fault.message, fault.labels))),
      );
      return;
    case "overtime": {
      const { maxTimeMS } = command.document;
      await new Promise((resolve) => setTimeout(resolve, maxTimeMS));
      const expired = new CommandError(50, "operation exceeded time limit");
      socket.write(writeReply(command, refusalOf(expired)));
      return;
    }
    case "reset": {
      if (!fault.midReply) breakOff(socket);
      else {
        const reply = writeReply(command, { ok: 1, cursor: {} });
        socket.write(reply.subarray(0, -5), () => breakOff(socket));
      }
      return;
    }
    case "oversized": {
      const head = Buffer.alloc(16);
      head.writeInt32LE(2 ** 30, 0);
      head.writeInt32LE(command.requestId, 8);
      head.writeInt32LE(2013, 12);
      socket.write(head);
      writeWithoutEnd(socket);
      return;
    }
    case "nonsense":
      socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
      return;
    case "reply":
      socket.write(writeReply(command, { ok: 1, ...fault.document }));
  }
}

/** Without a goodbye of TLS, where there is TLS. */
function breakOff(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

function writeWithoutEnd(socket: Socket): void {
  const piece = Buffer.alloc(65_536);
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}
