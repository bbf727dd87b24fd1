import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Authenticator } from "../../auth/authenticate.ts";
import type { Principal } from "../../auth/principal.ts";
import { memberOf } from "../../auth/sign-in/member.ts";
import { addressWithin, ownOrigin } from "../../auth/sign-in/own-origin.ts";
import type { SignIn } from "../../auth/sign-in/sign-in.ts";
import type { StoredKeys } from "../../auth/stored-keys.ts";
import type { Settings } from "../../config/settings.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import {
  type MeBody,
  type SignInProblem,
  signInQuerySchema,
  type SignOutBody,
} from "../../protocol/sign-in.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { parseJson } from "../../util/parse-json.ts";
import { operation } from "../operation.ts";

export interface SignInRouteServices {
  settings: Pick<Settings, "apiKeys" | "entra">;
  /** Null: there is no provider. */
  signIn: SignIn | null;
  storedKeys: StoredKeys;
  authenticator: Authenticator;
}

const CALLBACK = "/groundwire/sign-in/callback";
/** How long somebody may take at the provider. */
const ATTEMPT_SECONDS = 15 * 60;

/** What the browser remembers while it is at the provider; whoever writes their own only fools themselves. */
const attemptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
});

/** `/groundwire/sign-in`, its callback, `/groundwire/sign-out` and `/groundwire/me`. They need no key. */
export function signInRoutes({ settings, signIn, storedKeys, authenticator }: SignInRouteServices) {
  return async (app: FastifyInstance): Promise<void> => {
    app.addHook("onRequest", async (_request, reply) => {
      reply.header("cache-control", "no-store").header("referrer-policy", "no-referrer");
    });

    app.get(
      "/sign-in",
      operation("Begin to sign in: leads to the provider", { query: signInQuerySchema }),
      async (request, reply) => {
        if (signIn === null) return reply.redirect("/sign-in?problem=not_configured", 303);
        const { return_to: returnTo } = parseRequest(signInQuerySchema, request.query);
        const origin = originOf(signIn, request);
        try {
          const { location, attempt } = await signIn.provider.begin(
            origin + CALLBACK,
            request.context.signal,
          );
          const kept = {
            ...attempt,
            returnTo: addressWithin(origin, returnTo).slice(origin.length),
          };
          reply.header("set-cookie", signIn.cookies.write("attempt", pack(kept), ATTEMPT_SECONDS));
          return await reply.redirect(location, 303);
        } catch (error) {
          if (!(error instanceof GroundwireError) || error.code !== "sign_in_unavailable")
            throw error;
          request.log.error({ err: error }, "the sign-in provider cannot be reached");
          return toProblem(reply, { problem: "unavailable", id: request.id, origin, returnTo });
        }
      },
    );

    app.get("/sign-in/callback", operation("Where the provider leads back to"), (request, reply) =>
      signIn === null
        ? reply.redirect("/sign-in?problem=not_configured", 303)
        : finish(signIn, request, reply),
    );

    app.post(
      "/sign-out",
      operation("End the session of the browser"),
      async (request, reply): Promise<SignOutBody> => {
        const object = "groundwire.sign_out";
        if (signIn === null) return { object, location: null };
        const { idToken, cookie } = await signIn.sessions.end(request);
        reply.header("set-cookie", cookie);
        if (idToken === null) return { object, location: null };
        const returnTo = `${originOf(signIn, request)}/`;
        const location = await signIn.provider.signOutLocation(
          { idToken, returnTo },
          request.context.signal,
        );
        return { object, location };
      },
    );

    app.get(
      "/me",
      operation("Who asks, and how one signs in"),
      async (request): Promise<MeBody> => ({
        object: "groundwire.me",
        user: toUser(await whoAsks(authenticator, request)),
        sign_in: {
          method: signIn !== null ? "oidc" : (await authenticator.isKeyless()) ? "none" : "key",
          name: signIn?.settings.name ?? null,
          keys: settings.apiKeys.length > 0 || settings.entra !== null || (await storedKeys.any()),
        },
      }),
    );
  };
}

/** Takes what the provider has sent the browser back with, and begins a session. */
async function finish(
  { provider, sessions, cookies, settings }: SignIn,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const origin = originOf({ settings }, request);
  const kept = unpack(cookies.read(request.headers, "attempt"));
  const cookie = cookies.clear("attempt");
  const problem = (what: SignInProblem, reason: string): FastifyReply => {
    request.log.warn({ problem: what, reason }, "sign-in failed");
    reply.header("set-cookie", cookie);
    return toProblem(reply, { problem: what, id: request.id, origin, returnTo: kept?.returnTo });
  };
  if (kept === null) return problem("expired", "the browser has no cookie of an attempt");
  const callback = new URL(request.url, origin);
  const outcome = await provider.finish(callback, kept, request.context.signal);
  if ("problem" in outcome) return problem(outcome.problem, outcome.reason);
  const member = memberOf(outcome.claims, settings);
  if ("refusal" in member) return problem("not_allowed", member.refusal);
  reply.header("set-cookie", [cookie, await sessions.begin(request, outcome)]);
  request.log.info({ key: member.principal.keyName }, "signed in");
  return reply.redirect(addressWithin(origin, kept.returnTo), 303);
}

/** The page has words for each problem, in every language; the id is that of the line in the log. */
function toProblem(
  reply: FastifyReply,
  {
    problem,
    id,
    origin,
    returnTo,
  }: { problem: SignInProblem; id: string; origin: string; returnTo: string | undefined },
): FastifyReply {
  const query = new URLSearchParams({
    problem,
    request: id,
    ...(returnTo === undefined ? {} : { return_to: returnTo }),
  });
  return reply.redirect(`${origin}/sign-in?${query.toString()}`, 303);
}

function originOf({ settings }: Pick<SignIn, "settings">, { headers }: FastifyRequest): string {
  const origin = ownOrigin(settings, headers);
  if (origin !== null) return origin;
  throw new GroundwireError(
    "invalid_request",
    "Nobody can sign in under this address: the configuration does not say that it is this server's. Open http://localhost with its port, or set 'sign_in.public_url' in groundwire.yaml to the address of the page.",
  );
}

async function whoAsks(
  authenticator: Authenticator,
  request: FastifyRequest,
): Promise<Principal | null> {
  try {
    return await authenticator.authenticate(request);
  } catch (error) {
    if (error instanceof GroundwireError && error.code === "unauthorized") return null;
    throw error;
  }
}

function toUser(principal: Principal | null): MeBody["user"] {
  if (principal === null) return null;
  const { keyName, user, tenant, scopes } = principal;
  return {
    kind: user !== undefined ? "user" : keyName === null ? "anybody" : "key",
    name: user?.name ?? keyName,
    email: user?.email ?? null,
    tenant,
    scopes: [...scopes],
  };
}

function pack(attempt: z.infer<typeof attemptSchema>): string {
  return Buffer.from(JSON.stringify(attempt)).toString("base64url");
}

/** Null: there is none, or it is not of ours. */
function unpack(value: string | null): z.infer<typeof attemptSchema> | null {
  const text = Buffer.from(value ?? "", "base64url").toString();
  return attemptSchema.safeParse(parseJson(text)).data ?? null;
}
