import { z } from "zod";
import { listQuery } from "./lists.ts";
import { withoutNulls } from "./validation.ts";

/** What a key is good for; as `Scope` of the settings. */
const scope = z.enum(["chat", "files", "admin"]);
export type KeyScope = z.infer<typeof scope>;

/** How its requests are read; as `Mode` of the settings. */
const mode = z.enum(["tolerant", "strict"]);
export type KeyMode = z.infer<typeof mode>;

/** Of keys and tenants, as everywhere in the configuration. */
const name = z.string().regex(/^[\w.-]{1,64}$/u, "Use 1 to 64 letters, digits, '.', '_' or '-'");

const perMinute = z.int().min(1).max(1_000_000_000);

/** What a key may use in a day or in a month (UTC). */
const budget = z
  .strictObject({
    /** In the currency of the prices. */
    amount: z.number().min(0).max(1_000_000_000).optional(),
    tokens: z.int().min(1).max(1_000_000_000_000).optional(),
    per: z.enum(["day", "month"]).default("month"),
  })
  .refine(({ amount, tokens }) => amount !== undefined || tokens !== undefined, {
    error: "Give an amount, a number of tokens, or both",
  })
  .transform(({ amount = null, tokens = null, per }) => ({ amount, tokens, per }));
/** As `Budget` of the settings. */
export type KeyBudget = z.output<typeof budget>;

/** Body of `POST /groundwire/keys`. Unknown fields are refused: a misspelt limit would be no limit. */
export const createKeySchema = z.preprocess(
  withoutNulls,
  z.strictObject({
    name,
    /** Whose objects the key sees; by default a tenant of its own, called like the key. */
    tenant: name.optional(),
    scopes: z
      .array(scope)
      .min(1)
      .max(10)
      .default(["chat", "files"])
      .transform((scopes) => [...new Set(scopes)]),
    mode: mode.optional(),
    /** Unix seconds; never by default. */
    expires_at: z.int().max(253_402_300_799).optional(),
    requests_per_minute: perMinute.optional(),
    tokens_per_minute: perMinute.optional(),
    budget: z.preprocess(withoutNulls, budget).optional(),
  }),
);

/** As a client writes it. */
export interface CreateKeyRequest {
  name: string;
  tenant?: string;
  scopes?: KeyScope[];
  mode?: KeyMode;
  /** Unix seconds. */
  expires_at?: number;
  requests_per_minute?: number;
  tokens_per_minute?: number;
  budget?: { amount?: number; tokens?: number; per?: "day" | "month" };
}

export const keyListQuerySchema = listQuery({ max: 100, byDefault: 100 });

/** A key as the API shows it: never the key itself. */
export interface KeyBody {
  id: string;
  object: "groundwire.key";
  name: string;
  tenant: string;
  scopes: KeyScope[];
  mode: KeyMode | null;
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
  budget: KeyBudget | null;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
}

/** The only answer that holds a key. */
export interface CreatedKeyBody extends KeyBody {
  key: string;
  /** No request needed a key before this one was made; from now on every request does. */
  closes_server: boolean;
}

export interface RevokedKeyBody {
  id: string;
  object: "groundwire.key";
  deleted: true;
  /** It was the last key: requests need none any more. */
  opens_server: boolean;
}
