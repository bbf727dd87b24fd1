import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { DiagnosisBody } from "../src/protocol/diagnosis.ts";
import { createCookieBrowser, type CookieBrowser } from "./support/cookie-browser.ts";
import { type SignInStand, startSignInStand } from "./support/sign-in-stand.ts";
import { me, SESSION, SIGN_IN, signedIn } from "./support/signed-in.ts";

const CALLBACK = "/groundwire/sign-in/callback";

let stand: SignInStand;
beforeAll(async () => {
  stand = await startSignInStand({
    settings: "  admin_groups: [operators]\n  tenants: { operators: ops }\n  tenant: acme",
    environment: { GROUNDWIRE_API_KEYS: "acme/ada:key-of-an-application" },
  });
});
afterAll(() => stand[Symbol.asyncDispose]());

async function problemAt(address: string): Promise<string | null> {
  const url = new URL(address);
  expect([url.origin, url.pathname]).toEqual([stand.server.url, "/sign-in"]);
  return url.searchParams.get("problem");
}

/** Goes to the provider and back, but not yet through our callback. */
async function callbackOf(browser: CookieBrowser, returnTo = ""): Promise<string> {
  const { url } = stand.server;
  return browser.signIn(url + SIGN_IN + returnTo, { login: "ada", stopAt: url + CALLBACK });
}

describe("signing in", () => {
  it("nobody is known before, and the page learns how to sign in", async () => {
    expect(await me(createCookieBrowser(), stand.server.url)).toEqual({
      object: "groundwire.me",
      user: null,
      sign_in: { method: "oidc", name: "Acme", keys: true },
    });
  });

  it("leads to the provider with a code challenge, and back to the page as who it is", async () => {
    const browser = createCookieBrowser();
    const begun = await browser.send(`${stand.server.url}${SIGN_IN}`);
    const asked = new URL(begun.headers.get("location") ?? "").searchParams;
    expect(begun.status).toBe(303);
    expect(asked.get("code_challenge_method")).toBe("S256");
    expect([asked.has("state"), asked.has("nonce")]).toEqual([true, true]);
    const known = await me(await signedIn(stand.server.url), stand.server.url);
    expect(known.user).toEqual({
      kind: "user",
      name: "Ada Lovelace",
      email: "ada@acme.example",
      tenant: "acme",
      scopes: ["chat", "files"],
    });
  });

  it("gives a cookie that scripts cannot read, and none of an attempt that is over", async () => {
    const browser = createCookieBrowser();
    const response = await browser.send(await callbackOf(browser));
    const [attempt, session] = response.headers.getSetCookie();
    expect(attempt).toMatch(/^groundwire-sign-in=;.*Max-Age=0/u);
    expect(session).toMatch(/^groundwire=\w{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/u);
  });

  it("comes back to the page it was begun on, never to another host", async () => {
    const { url } = stand.server;
    const backFrom = async (path: string): Promise<string | null> => {
      const browser = createCookieBrowser();
      const callback = await callbackOf(browser, `?return_to=${encodeURIComponent(path)}`);
      return (await browser.send(callback)).headers.get("location");
    };
    expect(await backFrom("/c/conv_1?x=1")).toBe(`${url}/c/conv_1?x=1`);
    for (const path of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "/\t/evil.example",
      "javascript:alert(1)",
    ])
      expect(await backFrom(path)).toBe(`${url}/`);
    expect(await backFrom("/..//evil.example")).toMatch(new RegExp(`^${url}/`, "u"));
  });

  it("a group makes an operator, and says which tenant", async () => {
    const browser = await signedIn(stand.server.url, "grace");
    expect((await me(browser, stand.server.url)).user).toMatchObject({
      tenant: "ops",
      scopes: ["chat", "files", "admin"],
    });
    expect((await browser.send(`${stand.server.url}/groundwire/keys`)).status).toBe(200);
    const other = await signedIn(stand.server.url, "ada");
    expect((await other.send(`${stand.server.url}/groundwire/keys`)).status).toBe(403);
  });

  it("begins a new session each time, and ends the one before", async () => {
    const browser = await signedIn(stand.server.url);
    const before = browser.cookies.get(SESSION) ?? "";
    await browser.signIn(stand.server.url + SIGN_IN, { login: "ada" });
    expect(browser.cookies.get(SESSION)).not.toBe(before);
    browser.cookies.set(SESSION, before);
    expect((await me(browser, stand.server.url)).user).toBeNull();
  });

  it("lasts over a restart of the server", async () => {
    await using own = await startSignInStand();
    const browser = createCookieBrowser();
    await browser.signIn(own.server.url + SIGN_IN, { login: "ada" });
    const server = await own.restart();
    expect(await me(browser, server.url)).toMatchObject({ user: { name: "Ada Lovelace" } });
  });
});

it("behind a proxy the configured address counts, whatever headers say", async () => {
  const PUBLIC = "https://ask.example.com";
  await using own = await startSignInStand({ settings: `  public_url: ${PUBLIC}` });
  own.provider.register(PUBLIC);
  const { url } = own.server;
  const browser = createCookieBrowser();
  const forged = { "x-forwarded-host": "evil.example", "x-forwarded-proto": "http" };
  const begun = await browser.send(url + SIGN_IN, { headers: forged });
  expect(begun.headers.get("set-cookie")).toMatch(/^__Host-groundwire-sign-in=.*; Secure/u);
  const location = begun.headers.get("location") ?? "";
  expect(new URL(location).searchParams.get("redirect_uri")).toBe(PUBLIC + CALLBACK);

  const back = await browser.signIn(location, { login: "ada", stopAt: PUBLIC });
  const arrived = await browser.send(back.replace(PUBLIC, url), { headers: forged });
  expect(arrived.headers.get("location")).toBe(`${PUBLIC}/`);
  expect(arrived.headers.getSetCookie()[1]).toMatch(
    /^__Host-groundwire=\w{43}; Path=\/; .*Secure/u,
  );
  const change = async (origin: string): Promise<number> => {
    const headers = { origin, "content-type": "application/json" };
    const init = { method: "POST", headers, body: "{}" };
    return (await browser.send(`${url}/groundwire/conversations`, init)).status;
  };
  expect([await change(PUBLIC), await change(url)]).toEqual([201, 403]);
});

describe("what does not let anybody in", () => {
  it("an answer to another attempt", async () => {
    const browser = createCookieBrowser();
    const callback = new URL(await callbackOf(browser));
    callback.searchParams.set("state", "of-somebody-else");
    expect(await problemAt(await browser.follow(callback.href))).toBe("expired");
    expect(browser.cookies.has(SESSION)).toBe(false);
  });

  it("an answer brought by another browser", async () => {
    const callback = await callbackOf(createCookieBrowser());
    expect(await problemAt(await createCookieBrowser().follow(callback))).toBe("expired");
  });

  it("a code for the second time", async () => {
    const browser = createCookieBrowser();
    const callback = await callbackOf(browser);
    const attempt = browser.cookies.get("127.0.0.1 groundwire-sign-in") ?? "";
    await browser.send(callback);
    const thief = createCookieBrowser();
    thief.cookies.set("127.0.0.1 groundwire-sign-in", attempt);
    expect(await problemAt(await thief.follow(callback))).toBe("expired");
    expect(thief.cookies.has(SESSION)).toBe(false);
  });

  it("a code without the verifier that it was asked for with", async () => {
    const browser = createCookieBrowser();
    const callback = await callbackOf(browser);
    const name = "127.0.0.1 groundwire-sign-in";
    const attempt = JSON.parse(
      Buffer.from(browser.cookies.get(name) ?? "", "base64url").toString(),
    );
    const other = JSON.stringify({ ...attempt, codeVerifier: "x".repeat(43) });
    browser.cookies.set(name, Buffer.from(other).toString("base64url"));
    expect(await problemAt(await browser.follow(callback))).toBe("expired");
  });

  it.each<[string, Record<string, unknown>]>([
    ["for another audience", { aud: "another-application" }],
    ["of another issuer", { iss: "https://evil.example" }],
    ["of another attempt", { nonce: "another" }],
    ["that has expired", { exp: 1 }],
  ])("an ID token %s", async (_name, claims) => {
    const browser = createCookieBrowser();
    stand.provider.tamper((signed) => ({ ...signed, ...claims }));
    try {
      const callback = await callbackOf(browser);
      expect(await problemAt(await browser.follow(callback))).toBe("failed");
    } finally {
      stand.provider.tamper(null);
    }
    expect(browser.cookies.has(SESSION)).toBe(false);
  });

  it("a cookie that somebody has made up, or changed", async () => {
    const browser = await signedIn(stand.server.url);
    const secret = browser.cookies.get(SESSION) ?? "";
    for (const value of [
      "",
      "x",
      `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`,
      "%00",
      "é",
    ]) {
      const headers = { cookie: `groundwire=${value}` };
      const refused = await fetch(`${stand.server.url}/openai/v1/files`, {
        headers: { ...headers },
      }).catch(() => null);
      expect(refused?.status ?? 401).toBe(401);
    }
  });

  it("a provider that said no, or is down: the page says so", async () => {
    const browser = createCookieBrowser();
    await browser.send(stand.server.url + SIGN_IN);
    const attempt = browser.cookies.get("127.0.0.1 groundwire-sign-in") ?? "";
    const { state } = JSON.parse(Buffer.from(attempt, "base64url").toString());
    const refused = `${stand.server.url}${CALLBACK}?error=access_denied&state=${state}&iss=${encodeURIComponent(stand.provider.issuer)}`;
    expect(await problemAt(await browser.follow(refused))).toBe("refused");

    await using other = await startSignInStand();
    other.provider.fail(true);
    const down = createCookieBrowser();
    const at = new URL(await down.follow(`${other.server.url}${SIGN_IN}?return_to=/c/1`));
    expect([at.pathname, at.searchParams.get("problem"), at.searchParams.get("return_to")]).toEqual(
      ["/sign-in", "unavailable", "/c/1"],
    );
    other.provider.fail(false);
    expect(await down.signIn(other.server.url + SIGN_IN, { login: "ada" })).toBe(
      `${other.server.url}/`,
    );
  });
});

it.each([
  ["that is there", false, "ok", "it calls itself http://localhost"],
  ["that is out of order", true, "failed", "HTTP 503"],
])("the doctor looks at a provider %s", async (_name, isFailing, status, words) => {
  const keys = "[{ name: ops, key: key-of-ops, scopes: [admin] }]";
  await using own = await startSignInStand({ rest: `keys: ${keys}` });
  own.provider.fail(isFailing);
  const headers = { "api-key": "key-of-ops" };
  const { json } = await own.server.call("POST", "/groundwire/doctor", {}, headers);
  const { targets } = json as DiagnosisBody;
  const answer = targets
    .find(({ name }) => name === "sign_in")
    ?.checks.find(({ name }) => name === "answer");
  expect([answer?.status, answer?.detail]).toEqual([status, expect.stringContaining(words)]);
});
