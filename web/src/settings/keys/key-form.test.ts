import { expect, it } from "vitest";

import { EMPTY_FORM, toKeyRequest } from "./key-form.ts";

it("what is left empty is not asked for", () => {
  expect(toKeyRequest({ ...EMPTY_FORM, name: " web " }, 1_000)).toEqual({
    name: "web",
    scopes: ["chat", "files"],
  });
});

it("limits, budget and the end of its life are asked for as they are typed", () => {
  const form = {
    ...EMPTY_FORM,
    name: "web",
    tenant: "acme",
    lifetime: 30 as const,
    mode: "strict" as const,
    requestsPerMinute: "60",
    tokensPerMinute: "9000",
    amount: "0.5",
    per: "day" as const,
  };
  expect(toKeyRequest(form, 1_000)).toEqual({
    name: "web",
    tenant: "acme",
    scopes: ["chat", "files"],
    mode: "strict",
    expires_at: 1_000 + 30 * 86_400,
    requests_per_minute: 60,
    tokens_per_minute: 9_000,
    budget: { amount: 0.5, per: "day" },
  });
});
