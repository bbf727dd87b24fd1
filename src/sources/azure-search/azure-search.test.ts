import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import type {
  AzureSearchQueryType,
  AzureSearchSource,
} from "../../protocol/data-sources/azure-search.ts";
import { NO_MAPPING } from "../../protocol/data-sources/parts.ts";
import {
  type AzureSearchHost,
  startAzureSearchHost,
} from "../../testing/azure-search-host/azure-search-host.ts";
import { KIT_INDEX, KIT_SEMANTIC, kitIndex } from "../../testing/azure-search-host/kit-index.ts";
import { startManagedIdentityHost } from "../../testing/managed-identity-host.ts";
import { openTestContext, type TestContext } from "../../testing/source-context.ts";
import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../../testing/source-documents.ts";
import {
  type HttpSourceKit,
  type SourceStand,
  testHttpFaults,
  testSource,
} from "../../testing/source-kit.ts";
import { TEST_CERTIFICATE, trustTestCertificate } from "../../testing/test-certificate.ts";
import type { SourcePassage, SourceQuery } from "../source.ts";
import { azureSearch } from "./azure-search.ts";

trustTestCertificate();

const QUERY_TYPES: AzureSearchQueryType[] = [
  "simple",
  "semantic",
  "vector",
  "vector_simple_hybrid",
  "vector_semantic_hybrid",
];

function settingsFor(
  host: Pick<AzureSearchHost, "url" | "adminKey">,
  more: Partial<AzureSearchSource> = {},
): AzureSearchSource {
  return {
    type: "azure_search",
    endpoint: host.url,
    indexName: KIT_INDEX,
    authentication: { type: "api_key", key: host.adminKey },
    fieldsMapping: NO_MAPPING,
    queryType: "simple",
    semanticConfiguration: KIT_SEMANTIC,
    filter: null,
    embedding: words(KIT_DIMENSIONS),
    apiVersion: null,
    ...more,
  };
}

function words(dimensions: number) {
  return {
    type: "deployment_name" as const,
    deploymentName: `words-${dimensions}`,
    dimensions: null,
  };
}

/** The kit's stand for one type of query, let in by one of the host's keys. */
function start(queryType: AzureSearchQueryType, keyName: "adminKey" | "queryKey") {
  return async (): Promise<SourceStand & { url: string }> => {
    const host = await startAzureSearchHost();
    host.indexes.set(KIT_INDEX, kitIndex());
    const context = openTestContext({ subject: "azure_search" });
    return {
      url: host.url,
      secrets: [host.adminKey, host.queryKey],
      open: ({ url, secret, index, dimensions, filter } = {}) =>
        azureSearch().open(
          settingsFor(host, {
            queryType,
            endpoint: url ?? host.url,
            indexName: index ?? KIT_INDEX,
            authentication: { type: "api_key", key: secret ?? host[keyName] },
            embedding: words(dimensions ?? KIT_DIMENSIONS),
            filter:
              filter === undefined
                ? null
                : filter === "unreadable"
                  ? "group_ids/some(g: g eq 'x')"
                  : `group_ids/any(g:search.in(g, '${filter.group}, nobody'))`,
          }),
          context,
        ),
      async [Symbol.asyncDispose]() {
        await context[Symbol.asyncDispose]();
        await host[Symbol.asyncDispose]();
      },
    };
  };
}

for (const queryType of QUERY_TYPES) {
  const capabilities = { filters: true, vectors: queryType.startsWith("vector") };
  testSource(`azure_search, ${queryType}`, { capabilities, start: start(queryType, "adminKey") });
}
testSource("azure_search, vector, by a key for queries", {
  capabilities: { filters: true, vectors: true },
  start: start("vector", "queryKey"),
});
const faults: Omit<HttpSourceKit, "start"> = { requestsBefore: 1, tls: TEST_CERTIFICATE };
testHttpFaults("azure_search", { ...faults, start: start("vector_semantic_hybrid", "adminKey") });

let host: AzureSearchHost;
let context: TestContext;
beforeAll(async () => {
  host = await startAzureSearchHost();
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => {
  host.indexes.set(KIT_INDEX, kitIndex());
  host.state.semantic = "ready";
  host.calls.length = 0;
  context = openTestContext({ subject: "azure_search" });
  return () => context[Symbol.asyncDispose]();
});

function search(
  more: Partial<AzureSearchSource> = {},
  query: Partial<SourceQuery> = {},
): Promise<SourcePassage[]> {
  return azureSearch()
    .open(settingsFor(host, more), context)
    .search({
      text: "How many days of annual leave do employees get?",
      limit: 5,
      allowPartial: false,
      signal: new AbortController().signal,
      ...query,
    });
}

const lastBody = (): any => host.calls.at(-1)?.body;

describe("scores", () => {
  test("of words and of fused ranks say nothing on their own", async () => {
    for (const queryType of ["simple", "vector_simple_hybrid"] as const) {
      const [best] = await search({ queryType });
      expect([best?.relevance, best?.rerankScore]).toEqual([null, null]);
    }
  });

  test("of a vector become its cosine", async () => {
    const [best] = await search({ queryType: "vector" }, { text: KIT_DOCUMENTS[0]?.content ?? "" });
    expect(best?.score).toBeCloseTo(1, 5);
    expect(best?.relevance).toBeCloseTo(1, 5);
    const [other] = await search({ queryType: "vector" }, { text: "printers and toner" });
    expect(other?.relevance).toBeCloseTo(2 - 1 / (other?.score ?? 0), 6);
  });

  test("of a vector with another metric say nothing on their own", async () => {
    const { definition } = host.indexes.get(KIT_INDEX) ?? kitIndex();
    definition.vectorSearch.algorithms[0].exhaustiveKnnParameters.metric = "euclidean";
    const [best] = await search({ queryType: "vector" });
    expect(best?.relevance).toBeNull();
  });

  test.each(["semantic", "vector_semantic_hybrid"] as const)(
    "of the semantic ranker are a quarter of what it gives, for %s",
    async (queryType) => {
      const passages = await search({ queryType });
      expect(passages[0]?.rerankScore).toBeGreaterThan(1);
      for (const { relevance, rerankScore } of passages) {
        expect(relevance).toBeCloseTo((rerankScore ?? 0) / 4, 6);
      }
    },
  );

  test("a semantic ranker that is busy leaves the order there was before it", async () => {
    host.state.semantic = "busy";
    const passages = await search({ queryType: "semantic" });
    expect(passages[0]?.title).toBe("Annual leave");
    expect(passages.map(({ rerankScore }) => rerankScore)).toEqual(passages.map(() => null));
  });
});

describe("the query", () => {
  test("asks for the fields that are used only, by the version every service knows", async () => {
    await search({ queryType: "vector_semantic_hybrid", filter: "group_ids/any()" });
    expect(host.calls.at(-1)?.path).toBe(
      `/indexes/${KIT_INDEX}/docs/search?api-version=2024-07-01`,
    );
    expect(lastBody()).toEqual({
      top: 5,
      select: "id,content,title,url,filepath",
      search: "How many days of annual leave do employees get?",
      queryType: "semantic",
      semanticConfiguration: KIT_SEMANTIC,
      vectorQueries: [
        { kind: "vector", vector: expect.any(Array), fields: "contentVector", k: 50 },
      ],
      filter: "group_ids/any()",
      vectorFilterMode: "preFilter",
    });
  });

  test("goes to the endpoint whatever else stands in its address", async () => {
    const [best] = await search({ endpoint: `${host.url}/?api-version=x#top` });
    expect(best?.title).toBe("Annual leave");
  });

  test("has the version the request wants", async () => {
    await search({ apiVersion: "2023-11-01" });
    expect(host.calls.map(({ path }) => path.split("?")[1])).toEqual([
      "api-version=2023-11-01",
      "api-version=2023-11-01",
    ]);
  });

  test("is of words: signs that are operators are left out", async () => {
    const text = 'leave -annual +(days) "of* ~sick| self-service \\';
    const passages = await search({}, { text });
    expect(lastBody().search).toBe("leave annual days of sick self-service");
    expect(passages[0]?.title).toBe("Annual leave");
  });

  test("without words is none for everything", async () => {
    await search({}, { text: "?!" });
    expect(lastBody().search).toBe("?!");
    await search({}, { text: "( - )" });
    expect(lastBody().search).toBe("");
  });
});

describe("fields", () => {
  const mapping = (more: Partial<AzureSearchSource["fieldsMapping"]>) => ({
    fieldsMapping: { ...NO_MAPPING, ...more },
  });

  test("that are mapped are used, several joined", async () => {
    const [best] = await search(
      mapping({
        contentFields: ["title", "content"],
        contentFieldsSeparator: " – ",
        urlField: "filepath",
      }),
    );
    expect(best?.content).toMatch(/^Annual leave – All employees/u);
    expect(best?.url).toBe("annual-leave.md");
    // Those that are not mapped are found by their names.
    expect(best?.title).toBe("Annual leave");
  });

  test.each<[Partial<AzureSearchSource["fieldsMapping"]>, string]>([
    [{ contentFields: ["contents"] }, "'fields_mapping.content_fields' names 'contents'"],
    [{ titleField: "headline" }, "'fields_mapping.title_field' names 'headline'"],
  ])("%o that are not there are refused with those that are", async (fields, message) => {
    await expect(search(mapping(fields))).rejects.toThrow(message);
    await expect(search(mapping(fields))).rejects.toThrow("It has: id, content, title");
  });

  test("of vectors that are not there are refused", async () => {
    const fields = mapping({ vectorFields: ["vector"] });
    await expect(search({ queryType: "vector", ...fields })).rejects.toThrow(
      "It has: contentVector",
    );
  });

  test("that the semantic configuration names come before those that are called so", async () => {
    const { definition, documents } = host.indexes.get(KIT_INDEX) ?? kitIndex();
    definition.fields.push({
      name: "abstract",
      type: "Edm.String",
      searchable: true,
      retrievable: true,
    });
    definition.semantic.configurations[0].prioritizedFields.prioritizedContentFields = [
      { fieldName: "abstract" },
    ];
    for (const [id, document] of documents) documents.set(id, { ...document, abstract: "Short." });
    const [best] = await search();
    expect(best?.content).toBe("Short.");
  });

  test("that hide from a key for queries are found out from documents", async () => {
    const key = host.queryKey;
    const [best] = await search({ authentication: { type: "api_key", key }, queryType: "vector" });
    expect(best).toMatchObject({
      id: "doc-1",
      title: "Annual leave",
      relevance: expect.any(Number),
    });
    expect(lastBody().select).toBe("id,content,title,url,filepath");
  });

  test("of an alias are found out from documents", async () => {
    host.aliases.set("current", KIT_INDEX);
    const [best] = await search({ indexName: "current" });
    expect(best?.title).toBe("Annual leave");
  });

  test("of strange names: the longest text is the content", async () => {
    const index = host.indexes.get(KIT_INDEX) ?? kitIndex();
    index.definition.fields = index.definition.fields.map((field: any) =>
      field.name === "content" ? { ...field, name: "Absatz" } : field,
    );
    index.definition.semantic.configurations = [];
    for (const [id, { content, ...document }] of index.documents) {
      index.documents.set(id, { ...document, Absatz: content });
    }
    for (const key of [host.adminKey, host.queryKey]) {
      const [best] = await search({ authentication: { type: "api_key", key } });
      expect(best?.content).toBe(KIT_DOCUMENTS[0]?.content);
    }
  });

  test("are asked for once, also by several at a time, and for each key anew", async () => {
    const driver = azureSearch();
    const query = {
      text: "leave",
      limit: 5,
      allowPartial: false,
      signal: new AbortController().signal,
    };
    const ask = (key: string) =>
      driver
        .open(settingsFor(host, { authentication: { type: "api_key", key } }), context)
        .search(query);
    await Promise.all([ask(host.adminKey), ask(host.adminKey)]);
    await ask(host.adminKey);
    const definitions = () => host.calls.filter(({ method }) => method === "GET").length;
    expect(definitions()).toBe(1);
    await ask(host.queryKey);
    expect(definitions()).toBe(2);
  });

  test("of an index without documents are looked for again", async () => {
    host.indexes.get(KIT_INDEX)?.documents.clear();
    const driver = azureSearch();
    const authentication = { type: "api_key" as const, key: host.queryKey };
    const source = driver.open(settingsFor(host, { authentication }), context);
    const query = {
      text: "leave",
      limit: 5,
      allowPartial: false,
      signal: new AbortController().signal,
    };
    expect(await source.search(query)).toEqual([]);
    host.indexes.set(KIT_INDEX, kitIndex());
    expect(await source.search(query)).not.toEqual([]);
  });
});

describe("vectors", () => {
  test("are made by the index itself when it has a vectorizer", async () => {
    const [best] = await search({ queryType: "vector", embedding: { type: "integrated" } });
    expect(best?.title).toBe("Annual leave");
    expect(lastBody().vectorQueries[0]).toMatchObject({ kind: "text", text: expect.any(String) });
    expect(context.embedded).toEqual([]);
  });

  test("are not asked of an index without one", async () => {
    delete host.indexes.get(KIT_INDEX)?.definition.vectorSearch.profiles[0].vectorizer;
    const searching = search({ queryType: "vector", embedding: { type: "integrated" } });
    await expect(searching).rejects.toThrow("'contentVector'");
    expect(host.calls).toHaveLength(1);
  });

  test("of the wrong length are refused before anything is searched, by the field's name", async () => {
    const searching = search({ queryType: "vector", embedding: words(8) });
    await expect(searching).rejects.toThrow(/'contentVector'.* 32 .*'words-8' gives 8/u);
    expect(host.calls).toHaveLength(1);
  });

  test("of several models: the fields that fit are searched", async () => {
    const { definition } = host.indexes.get(KIT_INDEX) ?? kitIndex();
    const other = { type: "Collection(Edm.Single)", dimensions: 64, vectorSearchProfile: "exact" };
    definition.fields.push({ ...other, name: "oldVector" });
    const [best] = await search({ queryType: "vector" });
    expect(best?.title).toBe("Annual leave");
    expect(lastBody().vectorQueries[0].fields).toBe("contentVector");
  });
});

describe("refusals", () => {
  test.each([
    ["a wrong key", { authentication: { type: "api_key", key: "wrong-key-1" } }, 403],
    ["an index that is not there", { indexName: "nothing" }, 404],
    ["a wrong token", { authentication: { type: "access_token", accessToken: "stale" } }, 403],
  ] as const)("%s is told in the service's words", async (_what, more, status) => {
    const refused = search(more);
    await expect(refused).rejects.toThrow(
      "Invalid AzureCognitiveSearch configuration detected: Call to get Azure Search index failed. Check if you are using the correct Azure Search endpoint and index name.",
    );
    await expect(refused).rejects.toThrow(
      `\nAzure Search Error: ${status}, message='Server responded with status ${status}. Error message: {"error":`,
    );
    await expect(refused).rejects.toThrow(`at localhost:${host.port}.`);
  });

  test("a filter over an unknown field names it, and what to check", async () => {
    await expect(search({ filter: "team eq 'x'" })).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringMatching(/property named 'team'.*Check 'filter'\.$/su),
    });
  });

  test("an unknown semantic configuration says so", async () => {
    const searching = search({ queryType: "semantic", semanticConfiguration: "other" });
    await expect(searching).rejects.toThrow(/'other'.*Check 'semantic_configuration'\.$/u);
  });

  test("a semantic ranker whose free queries are used up is told from a refused key", async () => {
    host.state.semantic = "used up";
    await expect(search({ queryType: "semantic" })).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringMatching(/status 402.*standard plan/u),
    });
  });

  test("a host that is no search service is told from one", async () => {
    const other = { url: `${host.url}/indexes('${KIT_INDEX}')/docs`, adminKey: host.adminKey };
    await expect(search({ endpoint: other.url })).rejects.toThrow(/Azure Search Error: 404/u);
  });
});

test("a token of the caller's lets in", async () => {
  host.tokens.set("caller-token", "documents");
  const [best] = await search({
    authentication: { type: "access_token", accessToken: "caller-token" },
  });
  expect(best?.title).toBe("Annual leave");
});

test("the identity of this machine lets in, end to end", async () => {
  await using machine = await startManagedIdentityHost("app service");
  for (const [name, value] of Object.entries(machine.environment)) vi.stubEnv(name, value);
  host.tokens.set("token-1", "everything");
  // As behind a private endpoint: a name of the service's, with an address of this network.
  await using inside = openTestContext({
    subject: "azure_search",
    allowed: ["test-search.search.windows.net"],
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
  });
  const settings = settingsFor(host, {
    endpoint: `https://test-search.search.windows.net:${host.port}`,
    authentication: { type: "system_assigned_managed_identity" },
    queryType: "vector",
  });
  const [best] = await azureSearch().open(settings, inside).search({
    text: "annual leave",
    limit: 1,
    allowPartial: false,
    signal: new AbortController().signal,
  });
  expect(best?.title).toBe("Annual leave");
  expect(host.calls.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer token-1",
    "Bearer token-1",
  ]);
  expect(machine.given).toMatchObject([{ resource: "https://search.azure.com" }]);
  vi.unstubAllEnvs();
});
