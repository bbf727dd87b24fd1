import type { KeyBudget, KeyMode, KeyScope } from "../protocol/keys.ts";
import type { ListQuery, Page } from "./storage.ts";

/** An API key without the key itself, which nobody but its holder knows. */
export interface KeyRecord {
  id: string;
  tenant: string;
  name: string;
  scopes: KeyScope[];
  /** Null: the server's. */
  mode: KeyMode | null;
  /** Null: unlimited. */
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
  /** Null: no end of it. */
  budget: KeyBudget | null;
  createdAt: number;
  /** From then on it lets nobody in; null: never. */
  expiresAt: number | null;
  /** Exact to a few minutes; null: never used. */
  lastUsedAt: number | null;
  /** Null: not revoked. */
  revokedAt: number | null;
}

/** Keys of all tenants; they are the operator's. */
export interface KeyRecords {
  /**
   * `digest`: SHA-256 of the key, in hexadecimal.
   * Rejects with GroundwireError `conflict` when the tenant has a key of this name that is neither revoked nor expired.
   */
  create(key: KeyRecord & { digest: string }): Promise<void>;
  /** Revoked ones too. */
  list(query: ListQuery): Promise<Page<KeyRecord>>;
  /** False: no such key, or it was revoked already. */
  revoke(id: string, now: number): Promise<boolean>;
  /** Null: nobody's, or revoked. The caller checks whether it has expired. */
  findByDigest(digest: string): Promise<KeyRecord | null>;
  /** Remembers that the key was used now. */
  touch(id: string, now: number): Promise<void>;
  /** True when there is a key that is not revoked. An expired one counts: time alone never opens a server. */
  any(): Promise<boolean>;
}
