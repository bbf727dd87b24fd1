import { Binary, Long, ObjectId } from "mongodb";

import { badValue, CommandError } from "./command-error.ts";
import { type Collection, type HostData, insertInto } from "./data.ts";
import type { Engine } from "./engine.ts";
import { matches } from "./match.ts";
import { aggregate, find } from "./pipeline.ts";
import type { ScramAuthority, ScramConversation } from "./scram.ts";
import type { Document } from "./wire.ts";

/** What every connection to a host shares. */
export interface HostState {
  engine: Engine;
  data: HostData;
  /** Null: everybody is let in. */
  authority: ScramAuthority | null;
  /** What cursors have not given yet. */
  cursors: Map<string, { namespace: string; documents: Document[] }>;
  address(): string;
}

/** What the host knows of one connection. */
export interface Peer {
  id: number;
  username: string | null;
  conversation: ScramConversation | null;
  /** The client does without the empty message that ends the conversation. */
  skipsEmptyExchange: boolean;
}

interface Context {
  state: HostState;
  peer: Peer;
  command: Document;
  /** Name of the command's own field is that of the collection. */
  collection: Collection | null;
  namespace: string;
}

type Handler = (context: Context) => Document | Promise<Document>;

/** Who has not proved who they are may send these. */
const OPEN = ["hello", "ismaster", "saslstart", "saslcontinue", "ping", "buildinfo", "endsessions"];

const HANDLERS: Record<string, Handler> = {
  hello,
  ismaster: hello,
  saslstart: ({ state, peer, command }) => startSasl(state, peer, command),
  saslcontinue: continueSasl,
  ping: () => ({}),
  buildinfo: () => ({ version: "7.0.0", versionArray: [7, 0, 0, 0] }),
  endsessions: () => ({}),
  insert({ state, command, namespace }) {
    const { documents, insert } = command;
    insertInto(state.data.open(command["$db"], insert), documents, namespace);
    return { n: documents.length };
  },
  async find(context) {
    const { command, collection } = context;
    return firstBatch(context, await find(collection, command), {
      batchSize: command["batchSize"] ?? 101,
      isOne: command["singleBatch"] === true || command["limit"] < 0,
    });
  },
  async aggregate(context) {
    const { state, command, collection } = context;
    const { pipeline, cursor } = command;
    const documents = await aggregate(state.engine, collection, pipeline);
    return firstBatch(context, documents, { batchSize: cursor?.batchSize ?? 101 });
  },
  getmore: getMore,
  killcursors({ state, command }) {
    const cursorsKilled = command["cursors"].filter((id: Long) => state.cursors.delete(String(id)));
    return { cursorsKilled, cursorsNotFound: [], cursorsAlive: [], cursorsUnknown: [] };
  },
  listcollections(context) {
    const { state, command } = context;
    const known = state.data
      .collections(command["$db"])
      .map(({ name }): Document => ({ name, type: "collection", options: {}, info: {} }))
      .filter((one) => matches(one, command["filter"] ?? {}));
    return firstBatch({ ...context, namespace: `${command["$db"]}.$cmd.listCollections` }, known);
  },
  listindexes(context) {
    const { collection, namespace } = context;
    if (collection === null) throw new CommandError(26, `ns does not exist: ${namespace}`);
    return firstBatch(context, collection.indexes);
  },
  createindexes: createIndexes,
  createsearchindexes: createSearchIndexes,
};

/** Runs a command of a connection. @throws CommandError when it is refused. */
export async function runCommand(
  state: HostState,
  peer: Peer,
  command: Document,
): Promise<Document> {
  const [name = ""] = Object.keys(command);
  const handler = HANDLERS[name.toLowerCase()];
  if (handler === undefined) throw new CommandError(59, `no such command: '${name}'`);
  if (state.authority !== null && peer.username === null && !OPEN.includes(name.toLowerCase())) {
    throw new CommandError(13, `Command ${name} requires authentication`);
  }
  const database = String(command["$db"] ?? "admin");
  const target = String(command[name]);
  return handler({
    state,
    peer,
    command,
    collection: state.data.find(database, target),
    namespace: `${database}.${target}`,
  });
}

function hello({ state, peer, command }: Context): Document {
  const first = command["speculativeAuthenticate"];
  return {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: peer.id,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    ...state.engine.hello(state.address()),
    ...(command["saslSupportedMechs"] === undefined
      ? {}
      : { saslSupportedMechs: ["SCRAM-SHA-256"] }),
    ...(first === undefined ? {} : { speculativeAuthenticate: trySasl(state, peer, first) }),
  };
}

/** An offer to begin that is not taken is not an error. */
function trySasl(state: HostState, peer: Peer, command: Document): Document | undefined {
  try {
    return startSasl(state, peer, command);
  } catch {
    return undefined;
  }
}

function startSasl({ authority, engine }: HostState, peer: Peer, command: Document): Document {
  if (command["mechanism"] !== "SCRAM-SHA-256") {
    throw badValue(
      `Received authentication for mechanism ${command["mechanism"]} which is unknown or not enabled`,
    );
  }
  peer.conversation = authority?.start(textOf(command["payload"])) ?? null;
  if (peer.conversation === null) throw engine.authenticationFailed();
  peer.skipsEmptyExchange = command["options"]?.skipEmptyExchange === true;
  return { conversationId: 1, done: false, payload: binary(peer.conversation.serverFirst) };
}

function continueSasl({ state, peer, command }: Context): Document {
  // The client's empty message after the last one.
  if (peer.username !== null) return { conversationId: 1, done: true, payload: binary("") };
  const last = peer.conversation?.finish(textOf(command["payload"])) ?? null;
  if (peer.conversation === null || last === null) throw state.engine.authenticationFailed();
  peer.username = peer.conversation.username;
  return { conversationId: 1, done: peer.skipsEmptyExchange, payload: binary(last) };
}

function textOf(payload: Binary): string {
  return Buffer.from(payload.value()).toString("utf8");
}

function binary(text: string): Binary {
  return new Binary(Buffer.from(text));
}

/** What fits, and a cursor for what is left. */
function firstBatch(
  { state, namespace }: Context,
  documents: Document[],
  { batchSize = 101, isOne = false }: { batchSize?: number; isOne?: boolean } = {},
): Document {
  const left = isOne ? [] : documents.slice(batchSize);
  const id = left.length === 0 ? Long.ZERO : Long.fromNumber(Math.ceil(Math.random() * 2 ** 50));
  if (left.length > 0) state.cursors.set(String(id), { namespace, documents: left });
  return { cursor: { firstBatch: documents.slice(0, batchSize), id, ns: namespace } };
}

function getMore({ state, command }: Context): Document {
  const key = String(command["getMore"]);
  const cursor = state.cursors.get(key);
  if (cursor === undefined) throw new CommandError(43, `cursor id ${key} not found`);
  const nextBatch = cursor.documents.splice(0, command["batchSize"] ?? 101);
  const isDone = cursor.documents.length === 0;
  if (isDone) state.cursors.delete(key);
  const id = isDone ? Long.ZERO : Long.fromString(key);
  return { cursor: { nextBatch, id, ns: cursor.namespace } };
}

function createIndexes({ state, command }: Context): Document {
  const collection = state.data.open(command["$db"], command["createIndexes"]);
  const before = collection.indexes.length;
  for (const index of command["indexes"]) {
    state.engine.checkIndex(index);
    if (collection.indexes.some(({ name }) => name === index.name)) continue;
    collection.indexes.push({ v: 2, ...index });
  }
  return { numIndexesBefore: before, numIndexesAfter: collection.indexes.length };
}

function createSearchIndexes({ state, command, collection }: Context): Document {
  if (state.engine.stages["$listSearchIndexes"] === undefined || collection === null) {
    throw new CommandError(59, "no such command: 'createSearchIndexes'");
  }
  const made = command["indexes"].map(
    ({ name = "default", type = "search", definition }: Document) => ({
      id: new ObjectId().toHexString(),
      name,
      type,
      status: "READY",
      queryable: true,
      latestDefinition: definition,
    }),
  );
  collection.searchIndexes.push(...made);
  return { indexesCreated: made.map(({ id, name }: Document) => ({ id, name })) };
}
