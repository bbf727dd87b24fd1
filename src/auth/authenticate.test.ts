import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  newKey,
  openTestAuthenticator,
  TEST_ADMIN_KEY,
  type TestAuthenticator,
  testKey,
} from "../testing/keys.ts";

const WRONG_KEY = "Access denied due to invalid subscription key";

describe("with keys configured", () => {
  let keys: TestAuthenticator;
  beforeAll(async () => {
    keys = await openTestAuthenticator({
      apiKeys: [
        testKey({ tenant: "acme", name: "web", key: "first-key" }),
        testKey({ tenant: "beta", name: "batch", key: "second-key" }),
      ],
    });
  });
  afterAll(() => keys[Symbol.asyncDispose]());

  test.each([
    [{ "api-key": "second-key" }, { tenant: "beta", keyName: "batch" }],
    [{ authorization: "Bearer first-key" }, { tenant: "acme", keyName: "web" }],
    [{ authorization: "bearer  first-key" }, { tenant: "acme", keyName: "web" }],
    [
      { "api-key": "stale", authorization: "Bearer first-key" },
      { tenant: "acme", keyName: "web" },
    ],
  ])("%j is let in as its owner", async (headers, principal) => {
    expect(await keys.authenticate(headers)).toMatchObject(principal);
  });

  test.each([
    [{}],
    [{ "api-key": "" }],
    [{ "api-key": "first-ke" }],
    [{ authorization: "Basic first-key" }],
  ])("%j is refused as the service refuses a wrong key", async (headers) => {
    await expect(keys.authenticate(headers)).rejects.toThrow(WRONG_KEY);
  });

  test("a token nobody can verify is refused as the service refuses a bad token", async () => {
    await expect(keys.authenticate({ authorization: "Bearer aaa.bbb.ccc" })).rejects.toThrow(
      "Access token is missing, invalid",
    );
  });

  test("the key of the running server is for administration only", async () => {
    expect(await keys.authenticate({ "api-key": TEST_ADMIN_KEY })).toMatchObject({
      scopes: ["admin"],
    });
  });
});

describe("without keys", () => {
  let none: TestAuthenticator;
  beforeAll(async () => {
    none = await openTestAuthenticator();
  });
  afterAll(() => none[Symbol.asyncDispose]());

  test.each([
    [{ host: "127.0.0.1:8080" }],
    [{ host: "localhost:8080", "api-key": "whatever" }],
    [{ host: "[::1]:8080", origin: "http://[::1]:8080" }],
    [{ host: "localhost:8080", origin: "http://localhost:8080" }],
  ])("%j is let in", async (headers) => {
    expect(await none.authenticate(headers)).toMatchObject({ tenant: "default", keyName: null });
  });

  test.each([
    [{ host: "127.0.0.1:8080", origin: "https://evil.example" }],
    [{ host: "127.0.0.1:8080", origin: "http://127.0.0.1:3000" }],
    [{ host: "127.0.0.1:8080", origin: "null" }],
    [{ host: "rebound.evil.example:8080" }],
    [{}],
  ])("%j is refused", async (headers) => {
    await expect(none.authenticate(headers)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("with stored keys", () => {
  const LOCAL = { host: "127.0.0.1:8080" };

  test("a key lets its holder in by either header, with what it was made with", async () => {
    await using keys = await openTestAuthenticator();
    const { key } = await keys.storedKeys.create(
      newKey({ tenant: "acme", name: "web", mode: "strict", requestsPerMinute: 60 }),
    );
    expect(key).toMatch(/^gw_[0-9A-Za-z]{32,}$/);
    for (const headers of [{ "api-key": key }, { authorization: `Bearer ${key}` }]) {
      expect(await keys.authenticate(headers)).toEqual({
        tenant: "acme",
        keyName: "web",
        scopes: ["chat", "files"],
        mode: "strict",
        rateLimits: { requestsPerMinute: 60, tokensPerMinute: null },
        budget: null,
      });
    }
  });

  test("the first key closes the server, revoking the last one opens it again", async () => {
    await using keys = await openTestAuthenticator();
    expect(await keys.authenticate(LOCAL)).toMatchObject({ keyName: null });
    const { record } = await keys.storedKeys.create(newKey({ tenant: "acme", name: "web" }));
    await expect(keys.authenticate(LOCAL)).rejects.toThrow(WRONG_KEY);
    await keys.storedKeys.revoke(record.id);
    expect(await keys.authenticate(LOCAL)).toMatchObject({ keyName: null });
  });

  test("a server others can reach stays closed when its last key is revoked", async () => {
    await using keys = await openTestAuthenticator({ host: "0.0.0.0" });
    const { record } = await keys.storedKeys.create(newKey({ tenant: "acme", name: "web" }));
    await keys.storedKeys.revoke(record.id);
    await expect(keys.authenticate(LOCAL)).rejects.toThrow(WRONG_KEY);
  });

  test("a revoked key is refused from the next request on, although it was remembered", async () => {
    await using keys = await openTestAuthenticator();
    const { key, record } = await keys.storedKeys.create(newKey({ tenant: "acme", name: "one" }));
    await keys.storedKeys.create(newKey({ tenant: "acme", name: "two" }));
    await keys.authenticate({ "api-key": key });
    await keys.storedKeys.revoke(record.id);
    await expect(keys.authenticate({ "api-key": key })).rejects.toThrow(WRONG_KEY);
  });

  test("a key ends when its time has passed, and does not open the server by that", async () => {
    let now = 1_000;
    await using keys = await openTestAuthenticator({}, () => now);
    const { key } = await keys.storedKeys.create(
      newKey({ tenant: "acme", name: "web", expiresAt: 2_000 }),
    );
    now = 1_999;
    expect(await keys.authenticate({ "api-key": key })).toMatchObject({ keyName: "web" });
    now = 2_000;
    await expect(keys.authenticate({ ...LOCAL, "api-key": key })).rejects.toThrow(WRONG_KEY);
  });

  test("the last use is noted, at most every five minutes", async () => {
    let now = 1_000;
    await using keys = await openTestAuthenticator({}, () => now);
    const { key } = await keys.storedKeys.create(newKey({ tenant: "acme", name: "web" }));
    const lastUse = async (): Promise<number | null | undefined> =>
      (await keys.storedKeys.list({ limit: 1, order: "asc" })).data[0]?.lastUsedAt;
    expect(await lastUse()).toBeNull();
    const seen: unknown[] = [];
    for (now of [1_000, 1_299, 1_300]) {
      await keys.authenticate({ "api-key": key });
      seen.push(await lastUse());
    }
    expect(seen).toEqual([1_000, 1_000, 1_300]);
  });
});
