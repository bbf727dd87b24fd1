import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK, JWTPayload } from "jose";
import type { EntraSettings } from "../config/settings.ts";

export const DIRECTORY = "72f988bf-0000-4000-8000-2d7cd011db47";

export interface IdentityProvider extends AsyncDisposable {
  /** Takes its tokens. */
  settings: EntraSettings;
  /** What a good token says, valid from `now` for an hour. */
  claims(now: number): JWTPayload;
  /** Signed with the newest key, of which `kid` is the id, unless another one is given. */
  sign(claims: JWTPayload, header?: { kid: string }): Promise<string>;
  /** Signs with a new key from now on; the older ones are not published any more. */
  rotate(): Promise<void>;
  /** The public keys as they are published. */
  published(): JWK[];
  /** How often the keys were fetched. */
  fetches(): number;
  /** What it answers instead of its keys; null: the keys. */
  fail(answer: { status: number; body: string } | null): void;
}

/** Publishes keys over HTTP and signs tokens as Microsoft Entra does. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  let fetches = 0;
  let failure: { status: number; body: string } | null = null;
  let signing: { kid: string; privateKey: CryptoKey; jwk: JWK };
  async function rotate(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const kid = crypto.randomUUID();
    // As Entra publishes them: without `alg`.
    signing = { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: "sig" } };
  }
  await rotate();
  const server = createServer((_request, response) => {
    fetches++;
    response
      .writeHead(failure?.status ?? 200, { "content-type": "application/json" })
      .end(failure?.body ?? JSON.stringify({ keys: [signing.jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;

  return {
    settings: {
      directories: [DIRECTORY],
      audiences: ["https://cognitiveservices.azure.com", "https://ai.azure.com"],
      issuers: [
        "https://sts.windows.net/{tenantid}/",
        "https://login.microsoftonline.com/{tenantid}/v2.0",
      ],
      jwksUrl: `http://127.0.0.1:${port}/common/discovery/v2.0/keys`,
      clockSkewSeconds: 60,
      groupsClaim: null,
      tenant: null,
      scopes: ["chat", "files"],
    },
    claims: (now) => ({
      aud: "https://cognitiveservices.azure.com",
      iss: `https://sts.windows.net/${DIRECTORY}/`,
      tid: DIRECTORY,
      oid: "6f1b0000-0000-4000-8000-00000000a11c",
      sub: "pairwise-subject",
      iat: now,
      nbf: now,
      exp: now + 3_600,
    }),
    sign: (claims, header) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: header?.kid ?? signing.kid })
        .sign(signing.privateKey),
    rotate,
    published: () => [signing.jwk],
    fetches: () => fetches,
    fail: (answer) => void (failure = answer),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
