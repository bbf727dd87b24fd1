import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from "jose";
import { Provider } from "oidc-provider";

export const CLIENT = { client_id: "groundwire", client_secret: "a-secret-of-the-client" };

/** What the provider knows of somebody, by their login. */
export type Accounts = Record<string, Record<string, unknown>>;

export interface OpenIdProvider extends AsyncDisposable {
  issuer: string;
  accounts: Accounts;
  /** Takes the client: its page is at `origin`. Before, the provider answers nothing. */
  register(origin: string): void;
  /** Signs something else instead of what it should; null: as it should. */
  tamper(change: ((claims: JWTPayload) => JWTPayload) | null): void;
  /** Signed with the provider's own key. */
  sign(claims: JWTPayload, type?: string): Promise<string>;
  /** Out of order: everything is answered with 503. */
  fail(isFailing: boolean): void;
}

/** A certified provider of OpenID Connect on a port of its own, with its own pages to sign in and to consent. */
export async function startOpenIdProvider(accounts: Accounts): Promise<OpenIdProvider> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: "only", use: "sig", alg: "RS256" };
  let listener: RequestListener = outOfOrder;
  let registered = outOfOrder;
  let change: ((claims: JWTPayload) => JWTPayload) | null = null;
  const server = createServer((request, response) => listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server
  // Another site than 127.0.0.1, as providers are.
  const issuer = `http://localhost:${port}`;

  const sign = async (claims: JWTPayload, typ = "JWT"): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: "only", typ })
      .sign(await importJWK(jwk));

  function register(origin: string): void {
    const provider = new Provider(issuer, {
      clients: [
        {
          ...CLIENT,
          redirect_uris: [`${origin}/groundwire/sign-in/callback`],
          post_logout_redirect_uris: [`${origin}/`],
          backchannel_logout_uri: `${origin}/groundwire/sign-in/back-channel`,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: [jwk] },
      features: { backchannelLogout: { enabled: true } },
      // It calls no addresses like ours unless it is told how.
      fetch: (url, { method, headers, body } = {}) =>
        fetch(url, { method: method ?? "GET", headers: headers ?? {}, body: body ?? null }),
      cookies: { keys: ["not-a-secret-here"] },
      pkce: { required: () => true },
      claims: {
        openid: ["sub"],
        profile: ["name", "groups"],
        email: ["email", "email_verified"],
      },
      findAccount: (_context, id) =>
        id in accounts
          ? { accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) }
          : undefined,
    });
    provider.use(async (context, next) => {
      await next();
      const body = context.body as { id_token?: string } | undefined; // what a token endpoint answers
      if (change === null || context.path !== "/token" || body?.id_token === undefined) return;
      body.id_token = await sign(change(decodeJwt(body.id_token)));
    });
    registered = provider.callback();
    listener = registered;
  }

  return {
    issuer,
    accounts,
    register,
    sign,
    tamper: (given) => void (change = given),
    fail: (isFailing) => void (listener = isFailing ? outOfOrder : registered),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const outOfOrder: RequestListener = (_request, response) => void response.writeHead(503).end();
