import { z } from "zod";
import { listQuery } from "./lists.ts";

/** Why somebody could not sign in; the page has words for each. */
export type SignInProblem =
  /** This server has no provider to sign in with. */
  | "not_configured"
  /** The provider cannot be reached, or is out of order. */
  | "unavailable"
  /** Begun in another browser, too long ago, or done already. */
  | "expired"
  /** The provider, or the person there, said no. */
  | "refused"
  /** Known to the provider, but not let in here. */
  | "not_allowed"
  /** The provider's answer does not hold; the log says why. */
  | "failed";

/** Query of `GET /groundwire/sign-in`. */
export const signInQuerySchema = z.object({
  /** Path of this server to come back to; whatever is not one is `/`. */
  return_to: z.string().max(2_000).optional().catch(undefined),
});

/** `GET /groundwire/me`: who asks, and how one signs in. */
export interface MeBody {
  object: "groundwire.me";
  /** Null: nobody the server knows. */
  user: {
    /** `anybody`: on a server that asks for nothing. */
    kind: "anybody" | "key" | "user";
    name: string | null;
    email: string | null;
    tenant: string;
    scopes: ("chat" | "files" | "admin")[];
  } | null;
  sign_in: {
    /** `none`: nothing is asked for. */
    method: "none" | "key" | "oidc";
    /** Of the provider; null without one. */
    name: string | null;
    /** Keys are taken, too. */
    keys: boolean;
  };
}

export interface SignOutBody {
  object: "groundwire.sign_out";
  /** Where to end the session at the provider, too; null: it has no such place. */
  location: string | null;
}

export const sessionListQuerySchema = listQuery({ max: 100, byDefault: 100 });

/** Somebody who is signed in, in one browser. Times are Unix seconds. */
export interface SessionBody {
  id: string;
  object: "groundwire.session";
  /** As usage and the log name them: issuer and subject. */
  key: string;
  name: string;
  email: string | null;
  created_at: number;
  /** It ends then, */
  expires_at: number;
  /** or already then, unless it is used before. */
  idle_until: number;
}

export interface EndedSessionBody {
  id: string;
  object: "groundwire.session";
  deleted: true;
}
