import type { KeyRecord, KeyRecords } from "../storage/key-records.ts";
import type { ListQuery, Page } from "../storage/storage.ts";
import { newId } from "../util/ids.ts";
import { digestOf, KEY_PREFIX, newKeyText } from "./key-text.ts";
import type { Principal } from "./principal.ts";

export type NewKey = Omit<KeyRecord, "id" | "createdAt" | "lastUsedAt" | "revokedAt">;

/** Keys made by `groundwire keys`. All changes go through here, so that they count from the next request on. */
export interface StoredKeys {
  /** Whose key this is; null when nobody's, or when it has expired. */
  find(key: string): Promise<Principal | null>;
  /** True when there is a key that is not revoked, expired or not. */
  any(): Promise<boolean>;
  /** Answers the key itself too: this is the only moment it is known. Rejects with `conflict` for a name that is taken. */
  create(key: NewKey): Promise<{ key: string; record: KeyRecord }>;
  list(query: ListQuery): Promise<Page<KeyRecord>>;
  /** False: no such key, or it was revoked already. */
  revoke(id: string): Promise<boolean>;
}

export interface StoredKeysOptions {
  records: KeyRecords;
  /** Unix seconds. */
  now: () => number;
  /** Told when noting the use of a key fails; the request goes on. */
  onError: (error: unknown) => void;
}

const MOST_REMEMBERED = 1_000;
/** `last_used_at` is written at most this often for each key, in seconds. */
const USE_NOTED_EVERY = 300;

export function createStoredKeys({ records, now, onError }: StoredKeysOptions): StoredKeys {
  const remembered = new Map<string, KeyRecord>();
  let isAny: boolean | null = null;
  /** Counts changes: what was asked for before one must not be remembered after it. */
  let version = 0;

  function forget(): void {
    version++;
    remembered.clear();
    isAny = null;
  }

  async function lookUp(digest: string): Promise<KeyRecord | null> {
    const asked = version;
    const record = await records.findByDigest(digest);
    if (record === null || asked !== version) return record;
    const [oldest] = remembered.keys();
    if (remembered.size >= MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    remembered.set(digest, record);
    return record;
  }

  function noteUse(record: KeyRecord): void {
    if (now() - (record.lastUsedAt ?? 0) < USE_NOTED_EVERY) return;
    record.lastUsedAt = now();
    records.touch(record.id, now()).catch(onError);
  }

  return {
    async find(key) {
      if (!key.startsWith(KEY_PREFIX)) return null;
      const digest = digestOf(key).toString("hex");
      const record = remembered.get(digest) ?? (await lookUp(digest));
      if (record === null || (record.expiresAt !== null && record.expiresAt <= now())) return null;
      noteUse(record);
      return toPrincipal(record);
    },
    async any() {
      if (isAny !== null) return isAny;
      const asked = version;
      const answer = await records.any();
      if (asked === version) isAny = answer;
      return answer;
    },
    async create(given) {
      const key = newKeyText();
      const record: KeyRecord = {
        ...given,
        id: newId("key_"),
        createdAt: now(),
        lastUsedAt: null,
        revokedAt: null,
      };
      await records.create({ ...record, digest: digestOf(key).toString("hex") }).finally(forget);
      return { key, record };
    },
    list: (query) => records.list(query),
    revoke: (id) => records.revoke(id, now()).finally(forget),
  };
}

function toPrincipal(record: KeyRecord): Principal {
  const { tenant, name, scopes, mode, requestsPerMinute, tokensPerMinute, budget } = record;
  return {
    tenant,
    keyName: name,
    scopes,
    mode,
    rateLimits: { requestsPerMinute, tokensPerMinute },
    budget,
  };
}
