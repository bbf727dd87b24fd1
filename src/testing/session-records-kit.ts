import { describe, expect, it } from "vitest";

import type { SessionRecord, SessionRecords } from "../storage/session-records.ts";

const ISSUER = "https://login.example";

function session(
  id: string,
  more: Partial<SessionRecord> = {},
): SessionRecord & { digest: string } {
  return {
    id,
    digest: `digest of ${id}`,
    issuer: ISSUER,
    subject: "ada",
    providerSession: null,
    claims: '{"name":"Ada"}',
    idToken: "header.payload.signature",
    createdAt: 1_000,
    expiresAt: 9_000,
    idleUntil: 2_000,
    ...more,
  };
}

/** The part of `testStorage` about sessions. `sessions` gives those of an empty storage in each test. */
export function testSessionRecords(sessions: () => SessionRecords): void {
  const left = async (ids: string[]): Promise<string[]> => {
    const found = ids.map((id) => sessions().findByDigest(`digest of ${id}`));
    return (await Promise.all(found)).flatMap((one) => (one === null ? [] : [one.id]));
  };

  describe("sessions", () => {
    it("are given back by their digest, as they were and without it, until they are deleted", async () => {
      const { digest, ...record } = session("ses_1", { providerSession: "sid-1" });
      await sessions().create({ digest, ...record });
      expect(await sessions().findByDigest(digest)).toEqual(record);
      expect(await sessions().findByDigest("another")).toBeNull();
      expect(await sessions().delete("ses_1")).toBe(true);
      expect(await sessions().delete("ses_1")).toBe(false);
      expect(await sessions().findByDigest(digest)).toBeNull();
    });

    it("go when they have not been used for a while, and at their end though they were", async () => {
      await sessions().create(session("ses_1"));
      await sessions().create(session("ses_2"));
      await sessions().prolong("ses_2", 9_500);
      expect(await sessions().deleteExpired(1_999)).toBe(0);
      expect(await sessions().deleteExpired(2_000)).toBe(1);
      expect(await left(["ses_1", "ses_2"])).toEqual(["ses_2"]);
      expect(await sessions().deleteExpired(9_000)).toBe(1);
    });

    it("are listed page by page, newest first", async () => {
      for (const id of ["ses_1", "ses_2", "ses_3"]) await sessions().create(session(id));
      const first = await sessions().list({ limit: 2, order: "desc" });
      expect([first.data.map(({ id }) => id), first.hasMore]).toEqual([["ses_3", "ses_2"], true]);
      const { data, hasMore } = await sessions().list({ limit: 2, order: "desc", after: "ses_2" });
      expect([data.map(({ id }) => id), hasMore]).toEqual([["ses_1"], false]);
    });

    it("of a user go together, or only that of one session at the provider", async () => {
      await sessions().create(session("ses_1", { providerSession: "sid-1" }));
      await sessions().create(session("ses_2", { providerSession: "sid-2" }));
      await sessions().create(session("ses_3", { subject: "bob" }));
      await sessions().create(session("ses_4", { issuer: "https://other.example" }));
      const ids = ["ses_1", "ses_2", "ses_3", "ses_4"];
      const ada = { issuer: ISSUER, subject: "ada" };
      expect(await sessions().deleteOf({ ...ada, providerSession: "sid-1" })).toBe(1);
      expect(await left(ids)).toEqual(["ses_2", "ses_3", "ses_4"]);
      expect(await sessions().deleteOf({ ...ada, providerSession: null })).toBe(1);
      expect(await left(ids)).toEqual(["ses_3", "ses_4"]);
    });

    it("are not all deleted when neither user nor session is named", async () => {
      await sessions().create(session("ses_1"));
      const nobody = { issuer: ISSUER, subject: null, providerSession: null };
      expect(await sessions().deleteOf(nobody)).toBe(0);
    });
  });
}
