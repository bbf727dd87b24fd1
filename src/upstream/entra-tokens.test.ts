import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, test, vi } from "vitest";

import { createEntraTokens } from "./entra-tokens.ts";

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a token is got as Azure's own library gets it, and sent to a host of its audience", async () => {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, reply) => {
    asked.push(request);
    const expires = Math.floor(Date.now() / 1000) + 3600;
    reply.writeHead(200, { "content-type": "application/json" });
    reply.end(
      JSON.stringify({
        access_token: "entra-token",
        expires_on: expires,
        resource: "x",
        token_type: "Bearer",
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // What App Service gives a managed identity.
  vi.stubEnv(
    "IDENTITY_ENDPOINT",
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token`,
  );
  vi.stubEnv("IDENTITY_HEADER", "identity-secret");
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential");
  const tokens = createEntraTokens();
  const url = new URL("https://x.openai.azure.com/openai/deployments/o1");
  expect(await tokens.headersFor(url, signal)).toEqual({ authorization: "Bearer entra-token" });
  expect(asked[0]?.url).toContain("resource=https%3A%2F%2Fcognitiveservices.azure.com");
  expect(asked[0]?.headers["x-identity-header"]).toBe("identity-secret");
  server.close();
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
