import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { loadSettings } from "./load.ts";

test("nothing set: loopback, keyless, built-in answerer", () => {
  const { settings, warnings } = loadSettings({});
  expect(settings).toMatchObject({
    host: "127.0.0.1",
    port: 8080,
    apiKeys: [],
    upstream: null,
    mode: "tolerant",
  });
  expect(settings.dataDir).toMatch(/\/data$/u);
  expect(warnings).toEqual([]);
});

test("an empty value counts as not set", () => {
  expect(loadSettings({ PORT: " ", OPENAI_BASE_URL: "" }).settings).toMatchObject({
    port: 8080,
    upstream: null,
  });
});

test.each<[string, Record<string, string>, RegExp]>([
  ["a port that is none", { PORT: "http" }, /PORT/u],
  ["keys of another form", { GROUNDWIRE_API_KEYS: "only-a-key" }, /entry 1/u],
  ["one key twice", { GROUNDWIRE_API_KEYS: "a:same,b:same" }, /same key/u],
  [
    "two upstreams",
    {
      OPENAI_BASE_URL: "http://x/v1",
      AZURE_OPENAI_ENDPOINT: "https://y",
      AZURE_OPENAI_API_KEY: "k",
    },
    /both set/u,
  ],
  ["an upstream that is no URL", { OPENAI_BASE_URL: "localhost:8000" }, /http\(s\) URL/u],
  [
    "an embedding model without a server",
    { GROUNDWIRE_EMBEDDING_DEPLOYMENT: "m" },
    /OPENAI_BASE_URL/u,
  ],
  ["what this version cannot do", { GROUNDWIRE_DATABASE_URL: "postgres://x" }, /not supported/u],
  ["a port out of range", { PORT: "70000" }, /PORT: must be from 0/u],
  [
    "a secret within a URL",
    { OPENAI_BASE_URL: "https://me:hush@x/v1" },
    /^(?!.*hush).*OPENAI_BASE/u,
  ],
  ["half a document at a time", { GROUNDWIRE_INGEST_CONCURRENCY: "0.5" }, /CONCURRENCY/u],
  ["a mode that does not exist", { GROUNDWIRE_MODE: "loose" }, /GROUNDWIRE_MODE/u],
  ["a limit of nothing", { GROUNDWIRE_MAX_FILE_MB: "0" }, /GROUNDWIRE_MAX_FILE_MB: must be more/u],
])("%s is refused by name", (_name, environment, message) => {
  expect(() => loadSettings(environment)).toThrow(message);
});

test.each([
  ["GROUNDWIRE_DATADIR", "GROUNDWIRE_DATA_DIR"],
  ["GROUNDWIRE_PORT", "PORT"],
  ["GROUNDWIRE_HOST", "HOST"],
  ["GROUNDWIRE_MAX_FILE_SIZE_MB", "GROUNDWIRE_MAX_FILE_MB"],
])("%s is pointed out: %s was probably meant", (name, meant) => {
  expect(loadSettings({ [name]: "1" }).warnings).toEqual([
    `${name} is not a setting; did you mean ${meant}?`,
  ]);
});

test.each<[string, Record<string, string>, RegExp]>([
  ["a key for the command line, none for the server", { GROUNDWIRE_API_KEY: "k" }, /nobody/u],
  ["a key without a server to send it to", { OPENAI_API_KEY: "k" }, /OPENAI_BASE_URL is not/u],
])("%s is pointed out", (_name, environment, warning) => {
  expect(loadSettings(environment).warnings).toEqual([expect.stringMatching(warning)]);
});

test("no message carries a key", () => {
  const list = "acme/anna:hush-1,hush-2";
  expect(() => loadSettings({ GROUNDWIRE_API_KEYS: list })).toThrow(/^(?!.*hush)/u);
});

test("a bare name is a tenant of its own, a path puts keys together", () => {
  const { settings } = loadSettings({
    HOST: "0.0.0.0",
    GROUNDWIRE_API_KEYS: "solo:k1, acme/anna:k2,acme/ben:k:3",
  });
  expect(settings.apiKeys).toMatchObject([
    { tenant: "solo", name: "solo", key: "k1" },
    { tenant: "acme", name: "anna", key: "k2" },
    { tenant: "acme", name: "ben", key: "k:3" },
  ]);
});

test("hosts that requests may name are listed one by one, and a wrong one is pointed out", () => {
  const { settings } = loadSettings({ GROUNDWIRE_ALLOW_HOSTS: "10.0.0.5:9200, *.corp.internal" });
  expect(settings.allowedHosts).toEqual([
    { host: "10.0.0.5", isSuffix: false, port: 9200 },
    { host: ".corp.internal", isSuffix: true, port: null },
  ]);
  const refused = () => loadSettings({ GROUNDWIRE_ALLOW_HOSTS: "a.example,10.0.0.0/8" });
  expect(refused).toThrow(/GROUNDWIRE_ALLOW_HOSTS: '10\.0\.0\.0\/8' is not a host/u);
});

test("groups of a key need 'access', and both come from the file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-load-"));
  const path = join(folder, "groundwire.yaml");
  const load = async (text: string) => {
    await writeFile(path, text);
    return loadSettings({ GROUNDWIRE_CONFIG: path }).settings;
  };
  const key = "keys: [{ name: hr, key: secret, groups: [staff] }]";
  await expect(load(key)).rejects.toThrow("'hr' has groups, but no 'access'");
  const { access, apiKeys } = await load(`access: { field: allowed }\n${key}`);
  expect(access).toEqual({ claim: "groups", field: "allowed" });
  expect(apiKeys).toMatchObject([{ name: "hr", groups: ["staff"] }]);
  await expect(load("access: { field: 'x eq 1 or y' }")).rejects.toThrow("access.field");
  await rm(folder, { recursive: true });
});
