import type { CreateKeyRequest, KeyMode, KeyScope } from "../../../../src/protocol/keys.ts";

/** Days a key may live; null: for ever. */
export const LIFETIMES = [null, 30, 90, 365] as const;
export type Lifetime = (typeof LIFETIMES)[number];

/** What is typed and chosen for a new key. Empty: no limit, or what the server does by default. */
export interface KeyForm {
  name: string;
  tenant: string;
  scopes: KeyScope[];
  lifetime: Lifetime;
  mode: KeyMode | "";
  requestsPerMinute: string;
  tokensPerMinute: string;
  amount: string;
  tokens: string;
  per: "day" | "month";
}

export const EMPTY_FORM: KeyForm = {
  name: "",
  tenant: "",
  scopes: ["chat", "files"],
  lifetime: null,
  mode: "",
  requestsPerMinute: "",
  tokensPerMinute: "",
  amount: "",
  tokens: "",
  per: "month",
};

const DAY_SECONDS = 24 * 60 * 60;

/** @param now Unix seconds. */
export function toKeyRequest(form: KeyForm, now: number): CreateKeyRequest {
  const { scopes, lifetime, mode, per } = form;
  const tenant = form.tenant.trim();
  const requests = numberIn(form.requestsPerMinute);
  const tokens = numberIn(form.tokensPerMinute);
  const budget = {
    ...(numberIn(form.amount) === null ? {} : { amount: Number(form.amount) }),
    ...(numberIn(form.tokens) === null ? {} : { tokens: Number(form.tokens) }),
  };
  return {
    name: form.name.trim(),
    scopes,
    ...(tenant === "" ? {} : { tenant }),
    ...(mode === "" ? {} : { mode }),
    ...(lifetime === null ? {} : { expires_at: now + lifetime * DAY_SECONDS }),
    ...(requests === null ? {} : { requests_per_minute: requests }),
    ...(tokens === null ? {} : { tokens_per_minute: tokens }),
    ...(Object.keys(budget).length === 0 ? {} : { budget: { ...budget, per } }),
  };
}

/** Null: nothing is typed. What is no number is for the server to refuse. */
function numberIn(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
