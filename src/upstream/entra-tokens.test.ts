import { afterEach, expect, test, vi } from "vitest";

import { startManagedIdentityHost } from "../testing/managed-identity-host.ts";
import { createEntraTokens } from "./entra-tokens.ts";

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a token is got as Azure's own library gets it, and sent to a host of its audience", async () => {
  await using host = await startManagedIdentityHost("app service");
  for (const [name, value] of Object.entries(host.environment)) vi.stubEnv(name, value);
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential");
  const tokens = createEntraTokens();
  const url = new URL("https://x.openai.azure.com/openai/deployments/o1");
  expect(await tokens.headersFor(url, signal)).toEqual({ authorization: "Bearer token-1" });
  expect(host.given[0]?.resource).toBe("https://cognitiveservices.azure.com");
});

test.each([
  "https://evil.example/openai",
  "http://x.openai.azure.com/openai",
  "https://x.openai.azure.com.evil.example/",
  "https://openai.azure.com.evil.example/",
  "https://127.0.0.1/",
])("no token is ever sent to %s", async (url) => {
  await expect(createEntraTokens().headersFor(new URL(url), signal)).rejects.toMatchObject({
    code: "upstream_refused",
  });
});
