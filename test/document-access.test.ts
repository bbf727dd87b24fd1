import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { KIT_INDEX } from "../src/testing/azure-search-host/kit-index.ts";
import {
  DIRECTORY,
  type IdentityProvider,
  startIdentityProvider,
} from "../src/testing/identity-provider.ts";
import { type AzureSearchStand, startAzureSearchStand } from "./support/azure-search.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const QUESTION = "How many days of annual leave do employees get?";
const TEXT = "Employees get 30 days of annual leave.";
/** What stands in `group_ids` of each file. */
const GROUPS: Record<string, string | null> = {
  "hr.txt": "hr, board",
  "it.txt": "it",
  "nobody.txt": null,
};

let stand: AzureSearchStand;
let provider: IdentityProvider;
let server: TestServer;
let storeId: string;
let batchId: string;
const fileIds: Record<string, string> = {};

type Headers = Record<string, string>;
const OPERATOR: Headers = { "api-key": "operator-key" };
const HR: Headers = { "api-key": "hr-key" };

beforeAll(async () => {
  provider = await startIdentityProvider();
  stand = await startAzureSearchStand({
    configuration: () => `
access: { claim: groups, field: group_ids }
auth:
  entra:
    directories: [${DIRECTORY}]
    jwks_url: ${provider.settings.jwksUrl}
    tenant: acme
keys:
  - { name: operator, tenant: acme, key: operator-key }
  - { name: hr, tenant: acme, key: hr-key, groups: [hr, staff] }
  - { name: none, tenant: acme, key: none-key, groups: [] }
  - { name: odd, tenant: acme, key: odd-key, groups: ["hr, board", "it') or (true", "x'"] }
`,
  });
  server = await startTestServer(stand.environment);
  const { json: store } = await call("/vector_stores", { name: "acme" });
  storeId = store.id;
  for (const name of Object.keys(GROUPS)) {
    const form = new FormData();
    form.set("purpose", "assistants");
    form.set("file", new File([TEXT], name));
    const body = { method: "POST", body: form, headers: OPERATOR };
    const file: any = await (await fetch(`${server.url}/openai/v1/files`, body)).json();
    fileIds[name] = file.id;
  }
  const files = Object.entries(GROUPS).map(([name, groups]) => ({
    file_id: fileIds[name],
    attributes: groups === null ? {} : { group_ids: groups },
  }));
  batchId = (await call(`/vector_stores/${storeId}/file_batches`, { files })).json.id;
  // Waits until everything is there.
  await call(`/vector_stores/${storeId}/search`, { query: QUESTION });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stand[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});
beforeEach(() => {
  stand.search.calls.length = 0;
});

function call(path: string, body?: unknown, headers = OPERATOR) {
  return server.call(body === undefined ? "GET" : "POST", `/openai/v1${path}`, body, headers);
}

async function tokenWith(claims: object): Promise<Headers> {
  const now = Math.floor(Date.now() / 1000);
  const token = await provider.sign({ ...provider.claims(now), ...claims });
  return { authorization: `Bearer ${token}` };
}

const ask = (type: string, parameters: object, headers: Headers) =>
  call(
    "/chat/completions",
    {
      model: "gpt-4o",
      messages: [{ role: "user", content: QUESTION }],
      data_sources: [
        { type, parameters: { ...parameters, include_contexts: ["all_retrieved_documents"] } },
      ],
    },
    headers,
  );

/** File names that a way of reading gives a caller. */
const WAYS: Record<string, (headers: Headers) => Promise<string[]>> = {
  async "a question"(headers) {
    const { json } = await ask("file_search", { vector_store_id: storeId, strictness: 1 }, headers);
    const found = json.choices[0].message.context.all_retrieved_documents;
    return found.map(({ filepath }: any) => filepath);
  },
  async "a question that filters for more"(headers) {
    const filter = "group_ids eq null or group_ids ne null";
    const parameters = { vector_store_id: storeId, strictness: 1, filter };
    const { json } = await ask("file_search", parameters, headers);
    const found = json.choices[0].message.context.all_retrieved_documents;
    return found.map(({ filepath }: any) => filepath);
  },
  async "the search of the store"(headers) {
    const { json } = await call(`/vector_stores/${storeId}/search`, { query: QUESTION }, headers);
    return json.data.map(({ filename }: any) => filename);
  },
  "the files of the store": (headers) => listed(`/vector_stores/${storeId}/files`, headers),
  "the documents of the store": async (headers) => {
    const path = `/groundwire/vector_stores/${storeId}/documents`;
    const { json } = await server.call("GET", path, undefined, headers);
    return json.data.map(({ filename }: any) => filename);
  },
  "the files of the batch": (headers) =>
    listed(`/vector_stores/${storeId}/file_batches/${batchId}/files`, headers),
  "the files": (headers) => listed("/files", headers),
  "the files, one a page": async (headers) => {
    const [first] = await listed("/files?limit=1&order=asc", headers);
    if (first === undefined) return [];
    const rest = await listed(`/files?order=asc&after=${fileIds[first]}`, headers);
    return [first, ...rest];
  },
  "a file": (headers) => readable((id) => `/openai/v1/files/${id}`, headers),
  "a file's bytes": (headers) => readable((id) => `/openai/v1/files/${id}/content`, headers),
  "a file's reading view": (headers) => readable((id) => `/groundwire/files/${id}/view`, headers),
  "a part of it": (headers) => readable((id) => `/groundwire/files/${id}/view/0`, headers),
  "a file in its store": (headers) =>
    readable((id) => `/openai/v1/vector_stores/${storeId}/files/${id}`, headers),
  "a file's text": (headers) =>
    readable((id) => `/openai/v1/vector_stores/${storeId}/files/${id}/content`, headers),
  "a file's chunks": (headers) =>
    readable((id) => `/groundwire/vector_stores/${storeId}/files/${id}/chunks`, headers),
};

const nameOf = (fileId: string): string | undefined =>
  Object.keys(fileIds).find((name) => fileIds[name] === fileId);

async function listed(path: string, headers: Headers): Promise<string[]> {
  const { json } = await call(path, undefined, headers);
  return json.data.map(({ id }: any) => nameOf(id));
}

async function readable(path: (id: string) => string, headers: Headers): Promise<string[]> {
  const readers = Object.entries(fileIds).map(async ([name, id]) => {
    const { status } = await server.call("GET", path(id), undefined, headers);
    expect([200, 404]).toContain(status);
    return status === 200 ? [name] : [];
  });
  return (await Promise.all(readers)).flat();
}

describe.each(Object.keys(WAYS))("%s", (way) => {
  it.each([
    ["a key without groups", OPERATOR, ["hr.txt", "it.txt", "nobody.txt"]],
    ["a key with groups", HR, ["hr.txt"]],
    ["a key with no group", { "api-key": "none-key" }, []],
    ["a key with groups that could be read as others", { "api-key": "odd-key" }, []],
    ["a token with groups", { groups: ["board", "it"] }, ["hr.txt", "it.txt"]],
    ["a token of no group", { groups: [] }, []],
  ])("shows %s what it may see", async (_who, caller, expected) => {
    const isToken = "groups" in caller;
    // A record with `groups` is made of claims, any other is headers.
    const headers = isToken ? await tokenWith(caller) : (caller as Headers);
    expect((await WAYS[way]?.(headers))?.toSorted()).toEqual(expected);
  });
});

it.each([
  ["no groups", {}, "no list of groups in the claim 'groups'"],
  ["too many groups", { _claim_names: { groups: "src1" } }, "'_claim_names'"],
])("a token that tells %s sees nothing, and is told why", async (_what, claims, reason) => {
  const headers = await tokenWith(claims);
  const answers = [
    await ask("file_search", { vector_store_id: storeId }, headers),
    await call(`/vector_stores/${storeId}/search`, { query: QUESTION }, headers),
    await call("/files", undefined, headers),
    await call(`/files/${fileIds["it.txt"]}/content`, undefined, headers),
  ];
  for (const { status, json } of answers) {
    expect(status).toBe(403);
    expect(json.error.message).toContain(reason);
  }
});

it("callers with groups change nothing, so that nobody lets himself in", async () => {
  const fileId = fileIds["it.txt"];
  const attempts = [
    ["/vector_stores", { file_ids: [fileId] }],
    ["/vector_stores", { name: "mine" }],
    [`/vector_stores/${storeId}/files`, { file_id: fileId, attributes: { group_ids: "hr" } }],
    [`/vector_stores/${storeId}/files/${fileIds["hr.txt"]}`, { attributes: {} }],
    [`/vector_stores/${storeId}/file_batches`, { file_ids: [fileId] }],
  ] as const;
  for (const [path, body] of attempts) {
    const { status, json } = await call(path, body, HR);
    expect([path, status]).toEqual([path, 403]);
    expect(json.error.message).toContain("key without groups");
  }
  const deleted = await server.call("DELETE", `/openai/v1/files/${fileId}`, undefined, HR);
  expect(deleted.status).toBe(403);
});

describe("an index of Azure AI Search", () => {
  const parameters = (more: object = {}) => ({
    endpoint: stand.search.url,
    index_name: KIT_INDEX,
    authentication: { type: "api_key", key: stand.search.queryKey },
    ...more,
  });
  const sentFilter = (): unknown =>
    stand.search.calls.map(({ body }: any) => body?.filter).find((filter) => filter !== undefined);

  it("is searched within the caller's groups, beside the caller's own filter", async () => {
    const seen = await ask("azure_search", parameters({ filter: "words gt 1 or words lt 1" }), HR);
    expect(sentFilter()).toBe(
      "(group_ids/any(g: search.in(g, 'hr, staff'))) and (words gt 1 or words lt 1)",
    );
    expect(seen.json.choices[0].message.context.all_retrieved_documents).not.toEqual([]);
    const unseen = await ask("azure_search", parameters(), { "api-key": "none-key" });
    expect(unseen.json.choices[0].message.context.all_retrieved_documents).toEqual([]);
  });

  it("is searched within groups whose names are quoted, whatever is in them", async () => {
    const { status } = await ask("azure_search", parameters(), { "api-key": "odd-key" });
    expect([status, sentFilter()]).toEqual([
      200,
      "group_ids/any(g: search.in(g, 'it'') or (true,x''', ','))",
    ]);
  });

  it("is not searched with a filter that would undo the groups", async () => {
    const { status } = await ask("azure_search", parameters({ filter: "true) or (true" }), HR);
    expect([status, stand.search.calls.length]).toEqual([400, 0]);
  });
});

it("a source that cannot be held to groups is not searched for callers with groups", async () => {
  const parameters = {
    endpoint: "https://search.example.com",
    index_name: "i",
    authentication: { type: "key_and_key_id", key: "a", key_id: "b" },
  };
  const { status, json } = await ask("elasticsearch", parameters, HR);
  expect(status).toBe(403);
  expect(json.error.message).toContain("'elasticsearch' cannot be held to the documents");
});
