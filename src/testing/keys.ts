import type { ApiKeySetting } from "../config/settings.ts";

/** A key of the configuration: for chat and files, without limits, unless said otherwise. */
export function testKey(
  key: Pick<ApiKeySetting, "tenant" | "name" | "key"> & Partial<ApiKeySetting>,
): ApiKeySetting {
  return {
    scopes: ["chat", "files"],
    mode: null,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    ...key,
  };
}
