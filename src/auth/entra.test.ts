import { exportSPKI, importJWK, SignJWT, UnsecuredJWT } from "jose";
import type { CryptoKey } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  DIRECTORY,
  type IdentityProvider,
  startIdentityProvider,
} from "../testing/identity-provider.ts";
import { createEntraVerifier } from "./entra.ts";
import type { Principal } from "./principal.ts";

const NOW = 1_800_000_000;
const OTHER_DIRECTORY = "11111111-0000-4000-8000-000000000001";

let provider: IdentityProvider;
let verify: (token: string) => Promise<Principal | null>;
/** Seconds that the clock moves on. */
const pass = (seconds: number): unknown => vi.setSystemTime(Date.now() + seconds * 1000);

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW * 1000 });
  provider = await startIdentityProvider();
  ({ verify } = createEntraVerifier(provider.settings, () => Math.floor(Date.now() / 1000)));
});
afterEach(async () => {
  vi.useRealTimers();
  await provider[Symbol.asyncDispose]();
});

const token = (changes: Record<string, unknown> = {}): Promise<string> =>
  provider.sign({ ...provider.claims(NOW), ...changes });

describe("a good token", () => {
  test("lets its user in, into the tenant of its directory", async () => {
    expect(await verify(await token())).toEqual({
      tenant: DIRECTORY,
      keyName: "6f1b0000-0000-4000-8000-00000000a11c",
      scopes: ["chat", "files"],
      mode: null,
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      budget: null,
    });
  });

  test.each([
    ["of version 2", { iss: `https://login.microsoftonline.com/${DIRECTORY}/v2.0` }, {}],
    ["for the newer audience", { aud: "https://ai.azure.com" }, {}],
    ["for several audiences", { aud: ["https://other", "https://ai.azure.com"] }, {}],
    ["of an application", { oid: undefined, appid: "app-1" }, { keyName: "app-1" }],
    ["of an application, version 2", { oid: undefined, azp: "app-2" }, { keyName: "app-2" }],
    ["with nothing but a subject", { oid: undefined }, { keyName: "pairwise-subject" }],
    ["just expired, within the skew", { exp: NOW - 59 }, {}],
    ["not yet valid, within the skew", { nbf: NOW + 60 }, {}],
  ])("%s is taken", async (_what, changes, principal) => {
    expect(await verify(await token(changes))).toMatchObject({ tenant: DIRECTORY, ...principal });
  });

  test("belongs to the tenant and has the scopes of the configuration", async () => {
    const settings = { ...provider.settings, tenant: "staff", scopes: ["chat" as const] };
    const verifier = createEntraVerifier(settings, () => NOW);
    expect(await verifier.verify(await token())).toMatchObject({
      tenant: "staff",
      scopes: ["chat"],
    });
  });
});

describe("nobody is let in by a token", () => {
  test.each([
    ["for another audience", { aud: "https://graph.microsoft.com" }],
    ["without an audience", { aud: undefined }],
    ["of another issuer", { iss: "https://evil.example/" }],
    [
      "of another directory",
      { tid: OTHER_DIRECTORY, iss: `https://sts.windows.net/${OTHER_DIRECTORY}/` },
    ],
    [
      "of our directory by the issuer of another one",
      { iss: `https://sts.windows.net/${OTHER_DIRECTORY}/` },
    ],
    ["of another directory by our issuer", { tid: OTHER_DIRECTORY }],
    ["without a directory", { tid: undefined }],
    ["that has expired", { exp: NOW - 60 }],
    ["that never expires", { exp: undefined }],
    ["that is not yet valid", { nbf: NOW + 61 }],
    ["that says nothing of its holder", { oid: undefined, sub: undefined }],
  ])("%s", async (_what, changes) => {
    expect(await verify(await token(changes))).toBeNull();
    expect(await verify(await token())).not.toBeNull();
  });

  test("signed by somebody else under the id of our key", async () => {
    await using stranger = await startIdentityProvider();
    const kid = String(provider.published()[0]?.kid);
    expect(await verify(await stranger.sign(provider.claims(NOW), { kid }))).toBeNull();
  });

  test("whose claims were changed after signing", async () => {
    const [header, , signature] = (await token()).split(".");
    const claims = { ...provider.claims(NOW), oid: "somebody-else" };
    const changed = Buffer.from(JSON.stringify(claims)).toString("base64url");
    expect(await verify(`${header}.${changed}.${signature}`)).toBeNull();
  });

  test("without a signature", async () => {
    const unsigned = new UnsecuredJWT(provider.claims(NOW)).encode();
    expect(await verify(unsigned)).toBeNull();
    expect(await verify(`${unsigned}AAAA`)).toBeNull();
  });

  test("signed with the public key as a shared secret", async () => {
    const [jwk] = provider.published();
    // An RSA key is never bytes.
    const publicKey = (await importJWK({ ...jwk, kty: "RSA" }, "RS256", {
      extractable: true,
    })) as CryptoKey;
    const forged = await new SignJWT(provider.claims(NOW))
      .setProtectedHeader({ alg: "HS256", kid: String(jwk?.kid) })
      .sign(Buffer.from(await exportSPKI(publicKey)));
    expect(await verify(forged)).toBeNull();
    expect(provider.fetches()).toBe(0);
  });

  test.each(["a.b.c", "..", "e30.e30.", "ééé.ééé.ééé", `${"A".repeat(9_000)}.e30.AAAA`])(
    "that is none: %.20s",
    async (text) => {
      expect(await verify(text)).toBeNull();
    },
  );
});

describe("the signing keys", () => {
  test("are fetched once for many tokens, also at the same time", async () => {
    const good = await token();
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify(good)));
    expect([answers.every((answer) => answer !== null), provider.fetches()]).toEqual([true, 1]);
  });

  test("are fetched anew for an unknown id, but not at every try", async () => {
    await verify(await token());
    const unknown = await provider.sign(provider.claims(NOW), { kid: "made-up" });
    expect([await verify(unknown), provider.fetches()]).toEqual([null, 1]);
    pass(30);
    for (let attempt = 0; attempt < 3; attempt++) expect(await verify(unknown)).toBeNull();
    expect(provider.fetches()).toBe(2);
  });

  test("may be rotated: the new one is taken, the old one is not any more", async () => {
    const old = await token();
    expect(await verify(old)).not.toBeNull();
    await provider.rotate();
    pass(30);
    expect(await verify(await token())).not.toBeNull();
    expect(await verify(old)).toBeNull();
  });

  test.each([
    ["answers with an error", { status: 500, body: "" }],
    ["answers with no JSON", { status: 200, body: "<html>" }],
    ["answers with no keys", { status: 200, body: "{}" }],
    ["sends us elsewhere", { status: 302, body: "" }],
  ])(
    "when their place %s, the caller is told to try again and is not let in",
    async (_what, answer) => {
      provider.fail(answer);
      await expect(verify(await token())).rejects.toMatchObject({
        code: "sign_in_unavailable",
        retryAfter: 5,
      });
      provider.fail(null);
      pass(5);
      expect(await verify(await token())).not.toBeNull();
    },
  );

  test("when nobody answers, the caller is told to try again and is not let in", async () => {
    const good = await token();
    await provider[Symbol.asyncDispose]();
    await expect(verify(good)).rejects.toMatchObject({ code: "sign_in_unavailable" });
  });

  test("are not asked for at every try while their place is down", async () => {
    provider.fail({ status: 503, body: "" });
    const good = await token();
    for (let attempt = 0; attempt < 3; attempt++) await expect(verify(good)).rejects.toThrow();
    expect(provider.fetches()).toBe(1);
    pass(5);
    await expect(verify(good)).rejects.toThrow();
    expect(provider.fetches()).toBe(2);
  });

  test("that are known go on to count while their place is down", async () => {
    const good = await token();
    await verify(good);
    provider.fail({ status: 503, body: "" });
    pass(31);
    const unknown = await provider.sign(provider.claims(NOW), { kid: "made-up" });
    await expect(verify(unknown)).rejects.toMatchObject({ code: "sign_in_unavailable" });
    expect(await verify(good)).not.toBeNull();
  });
});
