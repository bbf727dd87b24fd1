import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SignInSettings } from "../../config/sign-in-settings.ts";
import { openEmbeddedStorage } from "../../storage/embedded/embedded.ts";
import type { Storage } from "../../storage/storage.ts";
import { signInSettings } from "../../testing/sign-in-settings.ts";
import { type Asking, createSessions, type Sessions } from "./sessions.ts";

const HOUR = 3_600;
const HOST = "ask.example.com";
const ADA = {
  claims: { iss: "https://login.example", sub: "ada", name: "Ada", secretOfAda: "hush" },
  idToken: "a.b.c",
  providerSession: null,
};

let folder: string;
let storage: Storage;
let now: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-sessions-"));
  storage = await openEmbeddedStorage({ dataDir: folder });
  now = 1_000_000;
});
afterEach(async () => {
  await storage.close();
  await rm(folder, { recursive: true, force: true });
});

function open(settings: Partial<SignInSettings> = {}): Sessions {
  return createSessions({
    settings: signInSettings({ publicUrl: `https://${HOST}`, ...settings }),
    records: storage.sessions,
    now: () => now,
    onError(error) {
      throw error;
    },
  });
}

function asking(cookie?: string): Asking {
  return { method: "GET", headers: { host: HOST, ...(cookie === undefined ? {} : { cookie }) } };
}

/** As a browser sends it back. */
async function begin(sessions: Sessions, old?: string): Promise<string> {
  return (await sessions.begin(asking(old), ADA)).split(";")[0] ?? "";
}

describe("a session", () => {
  test("ends at its end, however much it is used", async () => {
    const sessions = open({ sessionSeconds: 10 * HOUR, idleSeconds: 2 * HOUR });
    const cookie = await begin(sessions);
    for (let hour = 1; hour < 10; hour++) {
      now += HOUR;
      expect(await sessions.find(asking(cookie))).toMatchObject({ user: { name: "Ada" } });
    }
    now += HOUR;
    expect(await sessions.find(asking(cookie))).toBeNull();
  });

  test("ends when it is not used", async () => {
    const sessions = open({ idleSeconds: HOUR });
    const cookie = await begin(sessions);
    now += HOUR - 1;
    expect(await sessions.find(asking(cookie))).not.toBeNull();
    now += HOUR;
    expect(await sessions.find(asking(cookie))).toBeNull();
  });

  test("is a secret that no script reads, and only servers of this very name may set", async () => {
    const cookie = await open().begin(asking(), ADA);
    expect(cookie).toMatch(/^__Host-groundwire=\w{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; /u);
  });

  test("is stored without its secret, and with no more of the claims than is needed", async () => {
    const cookie = await begin(open());
    const secret = cookie.split("=")[1] ?? "";
    const record = await storage.sessions.findByDigest(secret);
    expect(record).toBeNull();
    const stored = Buffer.concat(
      await Promise.all(
        ["catalogue.sqlite", "catalogue.sqlite-wal"].map(async (name) =>
          (await import("node:fs/promises")).readFile(join(folder, name)),
        ),
      ),
    );
    expect(stored.includes('"name":"Ada"')).toBe(true);
    expect([stored.includes(secret), stored.includes("hush")]).toEqual([false, false]);
  });

  test("takes the place of the one that the browser had", async () => {
    const sessions = open();
    const before = await begin(sessions);
    const after = await begin(sessions, before);
    expect(after).not.toBe(before);
    expect(await sessions.find(asking(before))).toBeNull();
    expect(await sessions.find(asking(after))).not.toBeNull();
  });

  test("is not found by what a browser made up, changed, or was given twice", async () => {
    const sessions = open();
    const cookie = await begin(sessions);
    const plain = cookie.replace("__Host-", "");
    const changed = cookie.slice(0, -1) + (cookie.endsWith("0") ? "1" : "0");
    for (const one of ["", "__Host-groundwire=", changed, plain, `${cookie}; ${cookie}x`])
      expect(await sessions.find(asking(one))).toBeNull();
    expect(await sessions.find(asking(`other=1; ${cookie}`))).not.toBeNull();
  });

  test("ends with the place of its provider in the configuration", async () => {
    const cookie = await begin(open());
    const elsewhere = open({ issuer: "https://other.example" });
    expect(await elsewhere.find(asking(cookie))).toBeNull();
  });

  test("is over once it has been ended, whatever the browser keeps", async () => {
    const sessions = open();
    const cookie = await begin(sessions);
    const headers = { host: HOST, cookie, origin: `https://${HOST}` };
    const ended = await sessions.end({ method: "POST", headers });
    expect(ended).toMatchObject({ idToken: "a.b.c", cookie: expect.stringMatching(/Max-Age=0/u) });
    expect(await sessions.find(asking(cookie))).toBeNull();
  });
});
