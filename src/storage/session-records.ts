import type { ListQuery, Page } from "./storage.ts";

/** Somebody signed in, in one browser. The secret in its cookie is not here: only a digest of it is stored. */
export interface SessionRecord {
  id: string;
  /** Who vouches for them, as configured, and who they are there. */
  issuer: string;
  subject: string;
  /** What the provider calls its own session (`sid`); null: it does not say. */
  providerSession: string | null;
  /** What the provider said of them when they signed in, JSON. */
  claims: string;
  /** As the provider signed it, for signing out there. */
  idToken: string;
  createdAt: number;
  /** From then on it lets nobody in, whatever is done meanwhile. */
  expiresAt: number;
  /** From then on it lets nobody in, unless it is used before. */
  idleUntil: number;
}

/** Sessions of everybody. */
export interface SessionRecords {
  /** `digest`: SHA-256 of the secret, in hexadecimal. */
  create(session: SessionRecord & { digest: string }): Promise<void>;
  /** Null: nobody's. The caller checks whether it has expired. */
  findByDigest(digest: string): Promise<SessionRecord | null>;
  list(query: ListQuery): Promise<Page<SessionRecord>>;
  /** It was used. */
  prolong(id: string, idleUntil: number): Promise<void>;
  /** False: there is none. */
  delete(id: string): Promise<boolean>;
  /** Those of a user, or only that of one session at the provider; answers how many there were. */
  deleteOf(user: {
    issuer: string;
    subject: string | null;
    providerSession: string | null;
  }): Promise<number>;
  /** Deletes those whose time has passed; answers how many. */
  deleteExpired(now: number): Promise<number>;
}
