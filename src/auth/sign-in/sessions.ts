import type { IncomingHttpHeaders } from "node:http";
import type { SignInSettings } from "../../config/sign-in-settings.ts";
import type { SessionRecord, SessionRecords } from "../../storage/session-records.ts";
import type { ListQuery, Page } from "../../storage/storage.ts";
import { newId } from "../../util/ids.ts";
import { digestOf } from "../key-text.ts";
import type { Principal, User } from "../principal.ts";
import { type Cookies, createCookies } from "./cookies.ts";
import { type Claims, claimsRead, memberOf, userKey, userOf } from "./member.ts";
import { ownOrigin } from "./own-origin.ts";
import { refuseOtherOrigins } from "./same-origin.ts";

/** What a request says of where it comes from. */
export interface Asking {
  method: string;
  headers: IncomingHttpHeaders;
}

/** Somebody the provider has just vouched for. */
export interface SignedIn {
  claims: Claims;
  idToken: string;
  /** `sid` of the provider; null: it does not say. */
  providerSession: string | null;
}

/** People who are signed in: a random secret in a cookie, and all else here. */
export interface Sessions {
  /**
   * Who asks; null: nobody is signed in, or not any more, or they are not let in by the configuration of now.
   * Rejects with GroundwireError `forbidden` for a request of another origin.
   */
  find(asking: Asking): Promise<Principal | null>;
  /** Begins a session and answers its cookie. One that the browser had ends: its secret may be known to others. */
  begin(asking: Asking, user: SignedIn): Promise<string>;
  /**
   * Ends the session of the browser; answers what the provider had signed for it, and the cookie that is none.
   * Rejects with GroundwireError `forbidden` for a request of another origin.
   */
  end(asking: Asking): Promise<{ idToken: string | null; cookie: string }>;
  /** Those of everybody; one that has run out may stand among them for a minute. */
  list(query: ListQuery): Promise<Page<SessionInfo>>;
  /** False: there is none. */
  revoke(id: string): Promise<boolean>;
  /** Ends all sessions of a user, or the one that belongs to a session of the provider; answers how many there were. */
  endOf(user: { subject: string | null; providerSession: string | null }): Promise<number>;
}

/** A session as operators see it. Times are Unix seconds. */
export interface SessionInfo {
  id: string;
  /** As in usage and in the log. */
  key: string;
  user: User;
  createdAt: number;
  expiresAt: number;
  idleUntil: number;
}

export interface SessionsOptions {
  settings: SignInSettings;
  records: SessionRecords;
  /** Unix seconds. */
  now: () => number;
  /** Told when noting the use of a session fails; the request goes on. */
  onError: (error: unknown) => void;
}

/** 255 bits. */
const SECRET_LENGTH = 43;
/** The use of a session is written at most this often, in seconds. */
const USE_NOTED_EVERY = 60;

export function createSessions({ settings, records, now, onError }: SessionsOptions): Sessions {
  const cookies: Cookies = createCookies(settings);
  const { sessionSeconds, idleSeconds } = settings;

  async function living(headers: IncomingHttpHeaders): Promise<SessionRecord | null> {
    const secret = cookies.read(headers, "session");
    if (secret === null || secret === "") return null;
    const record = await records.findByDigest(digestOf(secret).toString("hex"));
    const isLiving = record !== null && record.expiresAt > now() && record.idleUntil > now();
    // One that another provider vouched for ended with that provider's place in the configuration.
    return isLiving && record.issuer === settings.issuer ? record : null;
  }

  function noteUse({ id, idleUntil }: SessionRecord): void {
    const until = now() + idleSeconds;
    if (until - idleUntil < USE_NOTED_EVERY) return;
    records.prolong(id, until).catch(onError);
  }

  return {
    async find(asking) {
      if (cookies.read(asking.headers, "session") === null) return null;
      refuseOtherOrigins(asking, ownOrigin(settings, asking.headers));
      const record = await living(asking.headers);
      if (record === null) return null;
      const member = memberOf(claimsOf(record), settings);
      if ("refusal" in member) return null;
      noteUse(record);
      return member.principal;
    },

    async begin({ headers }, { claims, idToken, providerSession }) {
      const old = await living(headers);
      if (old !== null) await records.delete(old.id);
      const secret = newId("", SECRET_LENGTH);
      await records.create({
        id: newId("ses_"),
        digest: digestOf(secret).toString("hex"),
        issuer: settings.issuer,
        subject: claims.sub,
        providerSession,
        claims: JSON.stringify(claims, claimsRead(settings)),
        idToken,
        createdAt: now(),
        expiresAt: now() + sessionSeconds,
        idleUntil: now() + idleSeconds,
      });
      return cookies.write("session", secret, sessionSeconds);
    },

    async end(asking) {
      const cookie = cookies.clear("session");
      if (cookies.read(asking.headers, "session") === null) return { idToken: null, cookie };
      refuseOtherOrigins(asking, ownOrigin(settings, asking.headers));
      const record = await living(asking.headers);
      if (record !== null) await records.delete(record.id);
      return { idToken: record?.idToken ?? null, cookie };
    },

    async list(query) {
      const { data, hasMore } = await records.list(query);
      return { data: data.map(toInfo), hasMore };
    },
    revoke: (id) => records.delete(id),
    endOf: (user) => records.deleteOf({ issuer: settings.issuer, ...user }),
  };
}

function claimsOf({ claims }: SessionRecord): Claims {
  return JSON.parse(claims) as Claims; // written by `begin`
}

function toInfo(record: SessionRecord): SessionInfo {
  const { id, createdAt, expiresAt, idleUntil } = record;
  const claims = claimsOf(record);
  return { id, key: userKey(claims), user: userOf(claims), createdAt, expiresAt, idleUntil };
}
