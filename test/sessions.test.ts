import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createCookieBrowser, type CookieBrowser } from "./support/cookie-browser.ts";
import { type SignInStand, startSignInStand } from "./support/sign-in-stand.ts";
import { jsonOf, me, SESSION, SIGN_IN, signedIn } from "./support/signed-in.ts";

const CONVERSATIONS = "/groundwire/conversations";

let stand: SignInStand;
beforeAll(async () => {
  stand = await startSignInStand({
    settings: "  admin_groups: [operators]\n  tenants: { operators: ops }\n  tenant: acme",
    environment: { GROUNDWIRE_API_KEYS: "acme/ada:key-of-an-application" },
  });
});
afterAll(() => stand[Symbol.asyncDispose]());

const page = (site: string = "same-origin"): Record<string, string> => ({
  origin: stand.server.url,
  "sec-fetch-site": site,
});

describe("what a session is good for", () => {
  it("conversations belong to the user, not to a key of the same name or to others of the tenant", async () => {
    const { url } = stand.server;
    const browser = await signedIn(stand.server.url);
    const made = await browser.send(url + CONVERSATIONS, {
      method: "POST",
      headers: { ...page(), "content-type": "application/json" },
      body: JSON.stringify({ title: "Mine" }),
    });
    const { id } = await jsonOf(made);
    const get = `${CONVERSATIONS}/${id}`;
    expect((await browser.send(url + get)).status).toBe(200);
    const key = { "api-key": "key-of-an-application" };
    expect((await stand.server.call("GET", get, undefined, key)).status).toBe(404);
    const again = await signedIn(stand.server.url);
    expect((await again.send(url + get)).status).toBe(200);
  });

  it("a key counts before a cookie, also one that is wrong", async () => {
    const browser = await signedIn(stand.server.url);
    const withKey = await me(browser, stand.server.url, { "api-key": "key-of-an-application" });
    expect(withKey.user).toMatchObject({ kind: "key", name: "ada" });
    const headers = { "api-key": "wrong" };
    const refused = await browser.send(`${stand.server.url}/openai/v1/files`, { headers });
    expect(refused.status).toBe(401);
  });

  it("usage is booked under the user", async () => {
    const browser = await signedIn(stand.server.url);
    const asked = await browser.send(`${stand.server.url}/openai/v1/chat/completions`, {
      method: "POST",
      headers: { ...page(), "content-type": "application/json" },
      body: JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hello" }] }),
    });
    expect(asked.status).toBe(200);
    const usage = await browser.send(`${stand.server.url}/groundwire/usage?group_by=key`);
    const { data } = await jsonOf(usage);
    expect(data.map(({ key }: { key: string }) => key)).toEqual([`${stand.provider.issuer}#ada`]);
  });

  it("limits and budgets are of each user", async () => {
    await using limited = await startSignInStand({
      settings: "  rate_limits: { requests_per_minute: 1 }",
    });
    const ask = async (browser: CookieBrowser): Promise<number> => {
      const { url } = limited.server;
      const response = await browser.send(`${url}/openai/v1/chat/completions`, {
        method: "POST",
        headers: { origin: url, "content-type": "application/json" },
        body: JSON.stringify({ model: "any", messages: [{ role: "user", content: "Hello" }] }),
      });
      await response.text();
      return response.status;
    };
    const [ada, grace] = [createCookieBrowser(), createCookieBrowser()];
    await ada.signIn(limited.server.url + SIGN_IN, { login: "ada" });
    await grace.signIn(limited.server.url + SIGN_IN, { login: "grace" });
    expect([await ask(ada), await ask(ada), await ask(grace)]).toEqual([200, 429, 200]);
  });
});

describe("requests of other pages", () => {
  const change = { method: "POST", body: '{"title":"x"}' };
  const json = { "content-type": "application/json" };

  it.each([
    ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
    [
      "another server of this host",
      { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" },
    ],
    ["a page without an origin", { origin: "null" }],
    ["a browser that says nothing", {}],
  ])("a change asked for by %s is not made with the session", async (_name, headers) => {
    const browser = await signedIn(stand.server.url);
    const init = { ...change, headers: { ...json, ...headers } };
    const refused = await browser.send(stand.server.url + CONVERSATIONS, init);
    expect([refused.status, (await jsonOf(refused)).error.message]).toEqual([
      403,
      expect.stringContaining("own page only"),
    ]);
  });

  it("a browser that says only where a change comes from is heard", async () => {
    const browser = await signedIn(stand.server.url);
    for (const headers of [{ origin: stand.server.url }, { "sec-fetch-site": "same-origin" }]) {
      const init = { ...change, headers: { ...json, ...headers } };
      expect((await browser.send(stand.server.url + CONVERSATIONS, init)).status).toBe(201);
    }
  });

  it("reading is not done with the session either, and no other origin may read an answer", async () => {
    const browser = await signedIn(stand.server.url);
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const read = await browser.send(stand.server.url + CONVERSATIONS, { headers });
    expect(read.status).toBe(403);
    expect([...read.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual(
      [],
    );
    const preflight = await browser.send(stand.server.url + CONVERSATIONS, {
      method: "OPTIONS",
      headers: { ...headers, "access-control-request-method": "POST" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("a key is taken from wherever it comes", async () => {
    const headers = {
      ...page("cross-site"),
      origin: "https://app.example",
      "api-key": "key-of-an-application",
    };
    const { status } = await stand.server.call("POST", CONVERSATIONS, { title: "x" }, headers);
    expect(status).toBe(201);
  });

  it("nobody is signed out by another site", async () => {
    const browser = await signedIn(stand.server.url);
    const signOut = `${stand.server.url}/groundwire/sign-out`;
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect((await browser.send(signOut, { method: "POST", headers })).status).toBe(403);
    expect((await me(browser, stand.server.url)).user).not.toBeNull();
  });
});

describe("sessions ended by others", () => {
  const BACK_CHANNEL = "/groundwire/sign-in/back-channel";
  const EVENT = "http://schemas.openid.net/event/backchannel-logout";
  const seconds = (): number => Math.floor(Date.now() / 1000);
  const logout = (changes: Record<string, unknown> = {}) => ({
    iss: stand.provider.issuer,
    aud: "groundwire",
    sub: "ada",
    jti: crypto.randomUUID(),
    iat: seconds(),
    exp: seconds() + 120,
    events: { [EVENT]: {} },
    ...changes,
  });
  const send = async (token: string): Promise<number> => {
    const body = new URLSearchParams({ logout_token: token });
    return (await fetch(stand.server.url + BACK_CHANNEL, { method: "POST", body })).status;
  };

  it("whoever signs out at the provider is signed out here, in that browser only", async () => {
    const browser = await signedIn(stand.server.url);
    const other = await signedIn(stand.server.url);
    await browser.submit(`${stand.provider.issuer}/session/end`, { logout: "yes" });
    expect((await me(browser, stand.server.url)).user).toBeNull();
    expect((await me(other, stand.server.url)).user).not.toBeNull();
  });

  it("a provider that ends all of a user's sessions leaves those of others", async () => {
    const [ada, grace] = [
      await signedIn(stand.server.url),
      await signedIn(stand.server.url, "grace"),
    ];
    expect(await send(await stand.provider.sign(logout(), "logout+jwt"))).toBe(200);
    expect((await me(ada, stand.server.url)).user).toBeNull();
    expect((await me(grace, stand.server.url)).user).not.toBeNull();
  });

  it.each<[string, Record<string, unknown>]>([
    ["for another client", { aud: "another" }],
    ["of another issuer", { iss: "https://evil.example" }],
    ["that names nobody", { sub: undefined }],
    ["that is an ID token", { events: undefined, nonce: "n" }],
    ["with a nonce", { nonce: "n" }],
    ["that has expired", { exp: 1 }],
    ["that somebody has kept", { iat: seconds() - 3_600 }],
  ])("a token %s ends nothing", async (_name, changes) => {
    const browser = await signedIn(stand.server.url);
    expect(await send(await stand.provider.sign(logout(changes)))).toBe(400);
    const [, payload] = (await stand.provider.sign(logout())).split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    expect(await send(`${none}.${payload}.`)).toBe(400);
    expect((await me(browser, stand.server.url)).user).not.toBeNull();
  });

  it("operators see who is signed in, and end a session; others do not", async () => {
    const ada = await signedIn(stand.server.url);
    const grace = await signedIn(stand.server.url, "grace");
    const SESSIONS = `${stand.server.url}/groundwire/sessions`;
    expect((await ada.send(SESSIONS)).status).toBe(403);
    const { data } = await jsonOf(await grace.send(SESSIONS));
    const [, newestOfAda] = data;
    expect(newestOfAda).toMatchObject({
      object: "groundwire.session",
      key: `${stand.provider.issuer}#ada`,
      name: "Ada Lovelace",
    });
    const init = { method: "DELETE", headers: page() };
    const place = `${SESSIONS}/${newestOfAda.id}`;
    expect((await grace.send(place, init)).status).toBe(200);
    expect((await grace.send(place, init)).status).toBe(404);
    expect((await me(ada, stand.server.url)).user).toBeNull();
  });
});

describe("signing out", () => {
  it("ends the session here, and leads to the provider to end it there", async () => {
    const browser = await signedIn(stand.server.url);
    const secret = browser.cookies.get(SESSION) ?? "";
    const signOut = `${stand.server.url}/groundwire/sign-out`;
    const { location } = await jsonOf(
      await browser.send(signOut, { method: "POST", headers: page() }),
    );
    expect(location).toMatch(
      new RegExp(`^${stand.provider.issuer}/session/end\\?id_token_hint=`, "u"),
    );
    expect(new URL(location).searchParams.get("post_logout_redirect_uri")).toBe(
      `${stand.server.url}/`,
    );
    expect(browser.cookies.has(SESSION)).toBe(false);
    browser.cookies.set(SESSION, secret);
    expect((await me(browser, stand.server.url)).user).toBeNull();
  });

  it("does no harm to somebody who is not signed in", async () => {
    const signOut = await stand.server.call("POST", "/groundwire/sign-out");
    expect([signOut.status, signOut.json.location]).toEqual([200, null]);
  });
});
