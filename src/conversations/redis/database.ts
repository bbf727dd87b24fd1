import { createClient } from "redis";

import { storeUnavailable } from "../unavailable.ts";

export type ScriptValue = string | number | Uint8Array;

export interface RedisDatabase {
  /** Runs a script of `scripts.ts`; answers the number it returns. */
  script(script: string, keys: string[], values: ScriptValue[]): Promise<number>;
  /** As `script`, for one that returns a list. */
  listScript(script: string, keys: string[], values: ScriptValue[]): Promise<string[]>;
  hash(key: string): Promise<Record<string, string>>;
  /** Some of its fields, in the order asked; null: it has none of that name. */
  fields(key: string, names: string[]): Promise<(string | null)[]>;
  /** Several at once, in the order asked. */
  hashes(keys: string[]): Promise<Record<string, string>[]>;
  list(key: string): Promise<string[]>;
  lists(keys: string[]): Promise<string[][]>;
  /** Members of a sorted list, highest score first, from one rank to another (both counted). */
  highest(key: string, from: number, to: number): Promise<string[]>;
  /** How many have a score of `least` or more. */
  countFrom(key: string, least: number): Promise<number>;
  /** Those with a score below `below`. */
  allBelow(key: string, below: number): Promise<string[]>;
  /** Members with a higher score; null: the member is not there. */
  rank(key: string, member: string): Promise<number | null>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 30_000;
const RETRY_MS = { first: 100, most: 3_000 };

/**
 * Connects to one server (or to the leader of several; no cluster: a conversation has keys on several of its nodes).
 * Everything that fails later is GroundwireError `conversations_unavailable`.
 * @param url `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS.
 */
export async function openRedis(url: string): Promise<RedisDatabase> {
  let isOpen = false;
  const client = createClient({
    url,
    name: "groundwire",
    commandsQueueMaxLength: 10_000,
    commandOptions: { timeout: COMMAND_TIMEOUT_MS },
    // What cannot be sent is refused at once, not kept for later.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (tries, cause) =>
        isOpen ? Math.min(RETRY_MS.first * 2 ** tries, RETRY_MS.most) : cause,
    },
  });
  // Told by the commands that fail.
  client.on("error", () => undefined);
  await client.connect();
  isOpen = true;

  const run = (script: string, keys: string[], values: ScriptValue[]): Promise<unknown> =>
    client.eval(script, { keys, arguments: values.map(toArgument) }).catch(refused);

  return {
    script: async (script, keys, values) => Number(await run(script, keys, values)),
    // Lists of scripts are of texts and numbers.
    listScript: async (script, keys, values) =>
      ((await run(script, keys, values)) as (string | number)[]).map(String),
    hash: async (key) => ({ ...(await client.hGetAll(key).catch(refused)) }),
    fields: (key, names) =>
      names.length === 0 ? Promise.resolve([]) : client.hmGet(key, names).catch(refused),
    hashes: (keys) =>
      Promise.all(keys.map(async (key) => ({ ...(await client.hGetAll(key)) }))).catch(refused),
    list: (key) => client.lRange(key, 0, -1).catch(refused),
    lists: (keys) => Promise.all(keys.map((key) => client.lRange(key, 0, -1))).catch(refused),
    highest: (key, from, to) => client.zRange(key, from, to, { REV: true }).catch(refused),
    countFrom: (key, least) => client.zCount(key, least, "+inf").catch(refused),
    allBelow: (key, below) =>
      client.zRange(key, "-inf", `(${below}`, { BY: "SCORE" }).catch(refused),
    rank: (key, member) => client.zRevRank(key, member).catch(refused),
    close: () => client.close(),
  };
}

function toArgument(value: ScriptValue): string | Buffer {
  return value instanceof Uint8Array ? Buffer.from(value) : String(value);
}

function refused(error: unknown): never {
  throw storeUnavailable(error);
}
