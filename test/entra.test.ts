import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AzureOpenAI } from "openai";
import { afterEach, beforeEach, expect, it } from "vitest";

import {
  DIRECTORY,
  type IdentityProvider,
  startIdentityProvider,
} from "../src/testing/identity-provider.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const FILES = "/openai/v1/files";

let folder: string;
let provider: IdentityProvider;
let server: TestServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-entra-"));
  provider = await startIdentityProvider();
  const path = join(folder, "groundwire.yaml");
  await writeFile(
    path,
    `auth:
  entra:
    directories: [${DIRECTORY}]
    jwks_url: ${provider.settings.jwksUrl}
`,
  );
  server = await startTestServer({ GROUNDWIRE_CONFIG: path, GROUNDWIRE_API_KEYS: "web:web-key" });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const now = (): number => Math.floor(Date.now() / 1000);
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

it("the official client signs in with a token provider", async () => {
  const client = new AzureOpenAI({
    endpoint: server.url,
    apiVersion: "2024-10-21",
    azureADTokenProvider: () => provider.sign(provider.claims(now())),
    maxRetries: 0,
  });
  expect((await client.files.list()).data).toEqual([]);
});

it("a directory is a tenant of its own, and keys go on to count", async () => {
  const token = await provider.sign(provider.claims(now()));
  const made = await server.call("POST", "/openai/v1/vector_stores", {}, bearer(token));
  const path = `/openai/v1/vector_stores/${made.json.id}`;
  expect((await server.call("GET", path, undefined, bearer(token))).status).toBe(200);
  expect((await server.call("GET", path, undefined, bearer("web-key"))).status).toBe(404);
  expect((await server.call("GET", FILES)).status).toBe(401);
});

it("a token has the scopes of the configuration, which do not include admin", async () => {
  const token = await provider.sign(provider.claims(now()));
  const refused = await server.call("GET", "/groundwire/keys", undefined, bearer(token));
  expect([refused.status, refused.json.error.message]).toEqual([
    403,
    expect.stringContaining("'admin'"),
  ]);
});

it("a token for somebody else is refused as the service refuses it", async () => {
  const claims = { ...provider.claims(now()), aud: "https://graph.microsoft.com" };
  const refused = await server.call("GET", FILES, undefined, bearer(await provider.sign(claims)));
  expect([refused.status, refused.json]).toEqual([
    401,
    {
      error: {
        code: "401",
        message:
          "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
      },
    },
  ]);
});

it("while no token can be checked, the caller is told when to try again", async () => {
  provider.fail({ status: 500, body: "" });
  const token = await provider.sign(provider.claims(now()));
  const { status, headers, json } = await server.call("GET", FILES, undefined, bearer(token));
  expect([status, headers.get("retry-after"), json.error.code]).toEqual([
    503,
    "5",
    "sign_in_unavailable",
  ]);
  expect((await server.call("GET", FILES, undefined, bearer("web-key"))).status).toBe(200);
});
