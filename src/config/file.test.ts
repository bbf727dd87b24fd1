import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { parseConfiguration } from "./file.ts";
import { loadSettings } from "./load.ts";

const read = (text: string, environment: Record<string, string> = {}) =>
  parseConfiguration(text, { path: "groundwire.yaml", environment });

const FULL = `
mode: strict
deployments:
  o1:
    family: o1
    upstreams:
      - { type: azure_openai, endpoint: "https://x.openai.azure.com/", deployment: my-o1, api_key: "\${KEY}", priority: 0 }
      - type: openai
        base_url: http://127.0.0.1:8000/v1
        model: qwen3
        api_key: none
        weight: \${WEIGHT}
        first_byte_seconds: 20
    fallback: extractive
    retries: 1
    rate_limits: { requests_per_minute: 60, tokens_per_minute: 100000 }
    price: { input_per_million: 15, cached_input_per_million: 7.5, output_per_million: 60, currency: EUR }
  small: {}
keys:
  - { name: ops, tenant: acme, key: "\${OPS_KEY}", scopes: [chat, files, admin], mode: tolerant, budget: { amount: "2.5" } }
auth:
  entra: { directories: [6f0c1f1e-7c5c-4a0e-9f40-0d3a6d1d2b11] }
identities:
  - { hosts: ["*.search.windows.net"], type: client_secret, tenant_id: t, client_id: c, client_secret: "\${OPS_KEY}" }
  - { resource_ids: [/subscriptions/S/app], type: managed_identity }
sources:
  policies: { type: AzureCognitiveSearch, tenants: [acme], parameters: { endpoint: "https://s.search.windows.net", indexName: p, key: "\${OPS_KEY}" } }
`;

test("everything is read, with values out of the environment", () => {
  const file = read(FULL, { KEY: "k-1", WEIGHT: "2.5", OPS_KEY: "o-1" });
  expect(file.mode).toBe("strict");
  expect(file.deployments["o1"]).toEqual({
    family: "o1",
    price: { input: 15, cachedInput: 7.5, output: 60, currency: "EUR" },
    rerank: "default",
    window: null,
    upstreams: [
      {
        to: {
          type: "azure_openai",
          endpoint: "https://x.openai.azure.com",
          apiKey: "k-1",
          apiVersion: "2025-04-01-preview",
        },
        model: "my-o1",
        priority: 0,
        weight: 1,
        firstByteSeconds: 600,
        idleSeconds: 600,
        maxInputs: 2048,
      },
      {
        to: { type: "openai", baseUrl: "http://127.0.0.1:8000/v1", apiKey: null },
        model: "qwen3",
        priority: 1,
        weight: 2.5,
        firstByteSeconds: 20,
        idleSeconds: 600,
        maxInputs: 2048,
      },
    ],
    fallback: "extractive",
    dataSources: [],
    retries: 1,
    rateLimits: { requestsPerMinute: 60, tokensPerMinute: 100_000 },
  });
  expect(file.identities).toEqual([
    {
      hosts: [{ host: ".search.windows.net", isSuffix: true, port: null }],
      resourceIds: [],
      credential: { type: "client_secret", tenantId: "t", clientId: "c", clientSecret: "o-1" },
    },
    { hosts: [], resourceIds: ["/subscriptions/s/app"], credential: { type: "managed_identity" } },
  ]);
  expect(file.sources).toEqual({
    policies: {
      type: "azure_search",
      tenants: ["acme"],
      parameters: {
        endpoint: "https://s.search.windows.net",
        index_name: "p",
        authentication: { type: "api_key", key: "o-1" },
      },
    },
  });
  expect(file.deployments["small"]).toMatchObject({ upstreams: [], fallback: null, retries: 2 });
  expect(file.keys).toEqual([
    {
      budget: { amount: 2.5, tokens: null, per: "month" },
      name: "ops",
      tenant: "acme",
      key: "o-1",
      scopes: ["chat", "files", "admin"],
      mode: "tolerant",
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      groups: null,
    },
  ]);
  expect(file.auth.entra).toMatchObject({
    audiences: ["https://cognitiveservices.azure.com", "https://ai.azure.com"],
    clockSkewSeconds: 60,
    tenant: null,
  });
});

test("the example of the documentation is right", async () => {
  const page = await readFile(new URL("../../docs/deployments.md", import.meta.url), "utf8");
  const [, example = ""] = /```yaml\n([\s\S]*?)```/u.exec(page) ?? [];
  const file = read(example, { AZURE_OPENAI_API_KEY: "a", RERANK_KEY: "r", WEB_KEY: "b" });
  expect(Object.keys(file.deployments)).toEqual(["o1", "small"]);
});

test("an empty file is as good as none", () => {
  expect(read("")).toMatchObject({ deployments: {}, keys: [], auth: {}, trace: false });
});

test.each([
  ["", null],
  ["{ summary: false }", null],
  ["{ summary: true }", { deployment: null, seconds: 20 }],
  ["{ summary: { deployment: small, seconds: 5 } }", { deployment: "small", seconds: 5 }],
])("conversations: %s", (given, summary) => {
  expect(read(`conversations: ${given || "{}"}`).conversations).toMatchObject({ summary });
});

test("what the page says of itself", () => {
  const text = 'page: { title: " Desk ", questions: [Why?, How?, Why?] }';
  expect(read(text).page).toEqual({
    title: "Desk",
    description: null,
    questions: ["Why?", "How?"],
    suggestions: true,
  });
});

describe("what is wrong is named, with its line", () => {
  test.each<[string, string, string]>([
    [
      "an unknown key",
      "deployments:\n  a:\n    upstreems: []",
      "groundwire.yaml:3: deployments.a: 'upstreems' is not known here; did you mean 'upstreams'?",
    ],
    [
      "an unknown key of an upstream",
      "deployments:\n  a:\n    upstreams:\n      - type: openai\n        base_url: http://x/v1\n        modell: y",
      "did you mean 'model'?",
    ],
    [
      "a family that does not exist",
      "deployments:\n  a:\n    family: o9",
      "groundwire.yaml:3: deployments.a.family:",
    ],
    ["YAML that is none", "a: [", "groundwire.yaml:1: not valid YAML"],
    [
      "a variable that is not set",
      "deployments:\n  a:\n    fallback: ${NOPE}",
      "groundwire.yaml:3: the environment variable NOPE is not set.",
    ],
    [
      "half a price",
      "deployments:\n  o1: { price: { input_per_million: 15 } }",
      "groundwire.yaml:2: deployments.o1.price.output_per_million:",
    ],
    [
      "a budget of nothing",
      "keys:\n  - { name: a, key: k, budget: { per: day } }",
      "groundwire.yaml:2: keys.0.budget: needs an amount, a number of tokens, or both",
    ],
    [
      "a source without what its type needs",
      "sources:\n  x: { type: azure_search, parameters: { endpoint: 'https://s', index_name: i } }",
      "groundwire.yaml:2: sources.x: Validation error at #/azure_search/parameters/authentication: Field required",
    ],
    [
      "a source of an unknown type",
      "sources:\n  x: { type: sql, parameters: {} }",
      "sources.x: Validation error at #/type: Input should be one of",
    ],
    [
      "a source that is the name of one",
      "sources:\n  x: { type: named, parameters: { name: y } }",
      "sources.x: must be a source itself",
    ],
    [
      "a misspelt source of a deployment",
      "deployments:\n  o1: { data_sources: [{ type: file_search, parameters: { vector_store: vs_1 } }] }",
      "deployments.o1.data_sources.0: Validation error at #/file_search/parameters/vector_store: Extra inputs are not permitted",
    ],
    ["an identity for nothing", "identities: [{ type: default }]", "identities.0: needs 'hosts'"],
    [
      "a key for every host",
      "identities: [{ type: api_key, key: k, resource_ids: [/s] }]",
      "identities.0: a key needs 'hosts'",
    ],
    [
      "an identity's host that is none",
      "identities: [{ type: default, hosts: [10.0.0.0/8] }]",
      "identities.0.hosts.0: must be a host",
    ],
    [
      "a misspelt part of an identity",
      "identities: [{ type: default, host: [a] }]",
      "'host' is not known here; did you mean 'hosts'?",
    ],
    [
      "a scope that does not exist",
      "keys: [{ name: a, key: b, scopes: [root] }]",
      "keys.0.scopes.0:",
    ],
  ])("%s", (_name, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("without a value, which may be secret", () => {
    const text =
      'keys: [{ name: a, key: "two hush words" }]\ndeployments: { a: { upstreams: [{ type: openai, base_url: "https://me:hush@x" }] } }';
    expect(() => read(text)).toThrow(/^(?![\s\S]*hush)/u);
  });
});

describe("together with the environment", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "groundwire-config-"));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));
  const load = async (text: string, environment: Record<string, string> = {}) => {
    const path = join(folder, "groundwire.yaml");
    await writeFile(path, text);
    return loadSettings({ GROUNDWIRE_CONFIG: path, ...environment }).settings;
  };

  test("the environment's mode wins", async () => {
    expect((await load("mode: strict")).mode).toBe("strict");
    expect((await load("mode: strict", { GROUNDWIRE_MODE: "tolerant" })).mode).toBe("tolerant");
  });

  test("a file that is not there is named", () => {
    expect(() => loadSettings({ GROUNDWIRE_CONFIG: "/nowhere/x.yaml" })).toThrow(
      "/nowhere/x.yaml cannot be read: there is no such file",
    );
  });

  test.each<[string, string, RegExp]>([
    ["a fallback that does not exist", "deployments: { a: { fallback: b } }", /no deployment 'b'/u],
    [
      "a circle of fallbacks",
      "deployments: { a: { fallback: b }, b: { fallback: a } }",
      /a → b → a/u,
    ],
    [
      "a deployment's source that is not named",
      "deployments: { a: { data_sources: [{ type: named, parameters: { name: x } }] } }\nsources: { y: { type: file_search, parameters: { vector_store_id: vs_1 } } }",
      /no source 'x' under 'sources'; there are y/u,
    ],
    [
      "prices in two currencies",
      "deployments: { a: { price: { input_per_million: 1, output_per_million: 1 } }, b: { price: { input_per_million: 1, output_per_million: 1, currency: EUR } } }",
      /deployments\.b\.price\.currency: .* in EUR, that of 'a' in USD/u,
    ],
    ["one key twice", "keys: [{ name: a, key: same }, { name: b, key: same }]", /same key/u],
  ])("%s is refused", async (_name, text, message) => {
    await expect(load(text)).rejects.toThrow(message);
  });

  test("keys of the file are enough for a host others can reach", async () => {
    const settings = await load("keys: [{ name: a, key: k }]", { HOST: "0.0.0.0" });
    expect(settings.apiKeys).toMatchObject([{ tenant: "a", name: "a" }]);
  });
});
