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
  ["a host others can reach without keys", { HOST: "0.0.0.0" }, /GROUNDWIRE_API_KEYS/u],
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
  ["Azure without a key", { AZURE_OPENAI_ENDPOINT: "https://y" }, /AZURE_OPENAI_API_KEY/u],
  ["an upstream that is no URL", { OPENAI_BASE_URL: "localhost:8000" }, /http\(s\) URL/u],
  [
    "an embedding model without a server",
    { GROUNDWIRE_EMBEDDING_DEPLOYMENT: "m" },
    /OPENAI_BASE_URL/u,
  ],
  ["what this version cannot do", { GROUNDWIRE_DATABASE_URL: "postgres://x" }, /not supported/u],
  ["a limit of nothing", { GROUNDWIRE_MAX_FILE_MB: "0" }, /GROUNDWIRE_MAX_FILE_MB/u],
])("%s is refused by name", (_name, environment, message) => {
  expect(() => loadSettings(environment)).toThrow(message);
});

test("a misspelt name is pointed out with the one that was probably meant", () => {
  expect(loadSettings({ GROUNDWIRE_DATADIR: "/x" }).warnings).toEqual([
    "GROUNDWIRE_DATADIR is not a setting; did you mean GROUNDWIRE_DATA_DIR?",
  ]);
});

test("a bare name is a tenant of its own, a path puts keys together", () => {
  const { settings } = loadSettings({
    HOST: "0.0.0.0",
    GROUNDWIRE_API_KEYS: "solo:k1, acme/anna:k2,acme/ben:k:3",
  });
  expect(settings.apiKeys).toEqual([
    { tenant: "solo", name: "solo", key: "k1" },
    { tenant: "acme", name: "anna", key: "k2" },
    { tenant: "acme", name: "ben", key: "k:3" },
  ]);
});
