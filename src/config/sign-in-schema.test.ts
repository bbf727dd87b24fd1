import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { loadSettings } from "./load.ts";
import type { Settings } from "./settings.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-sign-in-schema-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ISSUER = "https://login.example/v2.0";

async function load(signIn: string, environment: Record<string, string> = {}): Promise<Settings> {
  const path = join(folder, "groundwire.yaml");
  await writeFile(path, `sign_in: ${signIn}`);
  return loadSettings({ GROUNDWIRE_CONFIG: path, ...environment }).settings;
}

test("an issuer and a client are enough on this machine", async () => {
  const { signIn } = await load(`{ issuer: "${ISSUER}/", client_id: groundwire }`);
  expect(signIn).toMatchObject({
    name: "login.example",
    issuer: ISSUER,
    clientSecret: null,
    publicUrl: null,
    openidScopes: ["openid", "profile", "email"],
    groupsClaim: "groups",
    tenant: "default",
    scopes: ["chat", "files"],
    sessionSeconds: 43_200,
    idleSeconds: 10_800,
  });
});

test("the secret comes from the environment, and the claim from 'access'", async () => {
  const { signIn } = await load(
    `{ issuer: "${ISSUER}", client_id: a, client_secret: "\${SECRET}" }\naccess: { claim: roles }`,
    { SECRET: "hush" },
  );
  expect(signIn).toMatchObject({
    clientSecret: "hush",
    groupsClaim: "roles",
    accessClaim: "roles",
  });
});

test("a server that others can reach needs to know its address", async () => {
  const given = `issuer: "${ISSUER}", client_id: a`;
  await expect(load(`{ ${given} }`, { HOST: "0.0.0.0" })).rejects.toThrow(
    "sign_in: HOST=0.0.0.0 can be reached from other machines, so 'public_url'",
  );
  const settings = await load(`{ ${given}, public_url: "https://ask.example.com/" }`, {
    HOST: "0.0.0.0",
  });
  expect(settings.signIn?.publicUrl).toBe("https://ask.example.com");
});

test.each([
  [`{ client_id: a }`, "sign_in.issuer"],
  [`{ issuer: "${ISSUER}" }`, "sign_in.client_id"],
  [`{ issuer: "http://login.example", client_id: a }`, "sign_in.issuer: must be an https URL"],
  [`{ issuer: "${ISSUER}", clientid: a }`, "did you mean 'client_id'"],
  [
    `{ issuer: "https://login.microsoftonline.com/common/v2.0", client_id: a }`,
    "Name yours: https://login.microsoftonline.com/DIRECTORY_ID/v2.0",
  ],
  [
    `{ issuer: "https://accounts.google.com", client_id: a }`,
    "sign_in.issuer: everybody can have an account with this provider",
  ],
  [
    `{ issuer: "${ISSUER}", client_id: a, public_url: "http://ask.example.com" }`,
    "sign_in.public_url: must be an https URL",
  ],
  [
    `{ issuer: "${ISSUER}", client_id: a, public_url: "https://example.com/ask" }`,
    "must have no path",
  ],
  [`{ issuer: "${ISSUER}", client_id: a, openid_scopes: [email] }`, "must have 'openid'"],
  [`{ issuer: "${ISSUER}", client_id: a, allowed_domains: ["ada@acme.example"] }`, "behind its @"],
  [`{ issuer: "${ISSUER}", client_id: a, session_hours: 0 }`, "sign_in.session_hours"],
  [`{ issuer: "${ISSUER}", client_id: a, scopes: [everything] }`, "sign_in.scopes"],
])("%s is refused: %s", async (signIn, message) => {
  await expect(load(signIn)).rejects.toThrow(message);
});

test("Google is taken when it is said whose accounts are let in", async () => {
  const { signIn } = await load(
    `{ issuer: "https://accounts.google.com", client_id: a, allowed_domains: [Acme.Example] }`,
  );
  expect(signIn?.allowedDomains).toEqual(["acme.example"]);
});
