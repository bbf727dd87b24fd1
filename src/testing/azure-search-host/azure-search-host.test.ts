import {
  AzureKeyCredential,
  SearchClient,
  type SearchIndex,
  SearchIndexClient,
} from "@azure/search-documents";
import {
  AzureKeyCredential as AzureKeyCredential12,
  SearchClient as SearchClient12,
} from "search-documents-12";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../source-documents.ts";
import { trustTestCertificate } from "../test-certificate.ts";
import { wordVector } from "../word-vector.ts";
import { type AzureSearchHost, startAzureSearchHost } from "./azure-search-host.ts";
import { KIT_INDEX, KIT_SEMANTIC, kitIndex } from "./kit-index.ts";

trustTestCertificate();

interface Document {
  id: string;
  content: string;
  title: string;
  group_ids: string[];
  contentVector: number[];
}

let host: AzureSearchHost;
beforeAll(async () => {
  host = await startAzureSearchHost();
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => {
  host.indexes.set(KIT_INDEX, kitIndex());
  host.state.semantic = "ready";
  host.calls.length = 0;
});

const clientFor = (key = host.queryKey, index = KIT_INDEX) =>
  new SearchClient<Document>(host.url, index, new AzureKeyCredential(key));
const QUESTION = "How many days of annual leave do employees get?";
const vectorQuery = {
  kind: "vector" as const,
  vector: wordVector(QUESTION, KIT_DIMENSIONS),
  fields: ["contentVector" as const],
  kNearestNeighborsCount: 3,
};

async function allOf<T>(answer: Promise<{ results: AsyncIterable<T> }>): Promise<T[]> {
  const found: T[] = [];
  for await (const result of (await answer).results) found.push(result);
  return found;
}

describe("the official client", () => {
  test("makes an index, fills it and finds it again", async () => {
    const admin = new SearchIndexClient(host.url, new AzureKeyCredential(host.adminKey));
    const index: SearchIndex = {
      name: "made-here",
      fields: [
        { name: "id", type: "Edm.String", key: true },
        { name: "content", type: "Edm.String", searchable: true },
        {
          name: "contentVector",
          type: "Collection(Edm.Single)",
          searchable: true,
          vectorSearchDimensions: 2,
          vectorSearchProfileName: "p",
        },
      ],
      vectorSearch: {
        profiles: [{ name: "p", algorithmConfigurationName: "a" }],
        algorithms: [{ name: "a", kind: "hnsw", parameters: { metric: "cosine" } }],
      },
    };
    await admin.createIndex(index);
    const read = await admin.getIndex("made-here");
    expect(read.fields.map(({ name }) => name)).toEqual(["id", "content", "contentVector"]);
    expect(read.vectorSearch?.profiles?.[0]?.algorithmConfigurationName).toBe("a");
    const client =
      admin.getSearchClient<Pick<Document, "id" | "content" | "contentVector">>("made-here");
    const sent = await client.uploadDocuments([
      { id: "1", content: "annual leave", contentVector: [1, 0] },
      { id: "2", content: "sick leave", contentVector: [0, 1] },
    ]);
    expect(sent.results.map(({ succeeded }) => succeeded)).toEqual([true, true]);
    await client.deleteDocuments("id", ["2"]);
    const found = await allOf(client.search("leave"));
    expect(found.map(({ document }) => document.id)).toEqual(["1"]);
  });

  test("searches by words, with a filter, a selection and a count", async () => {
    const answer = await clientFor().search("leave", {
      filter: "group_ids/any(g:search.in(g, 'sales, nobody')) and not (title eq 'Printers')",
      select: ["id", "title"],
      includeTotalCount: true,
      top: 1,
    });
    expect(answer.count).toBe(1);
    const found = await allOf(Promise.resolve(answer));
    expect(found).toMatchObject([{ document: { id: "doc-3", title: "Leave for sales" } }]);
    expect(found[0]?.document).not.toHaveProperty("content");
    expect(found[0]?.score).toBeGreaterThan(0);
  });

  test("searches by vectors, whose scores are 1 / (2 − cosine)", async () => {
    const found = await allOf(
      clientFor().search(undefined, { vectorSearchOptions: { queries: [vectorQuery] } }),
    );
    expect(found).toHaveLength(3);
    const [own] = KIT_DOCUMENTS;
    const cosine = vectorQuery.vector.reduce((sum, x, i) => sum + x * (own?.vector[i] ?? 0), 0);
    expect(found[0]?.document.title).toBe("Annual leave");
    expect(found[0]?.score).toBeCloseTo(1 / (2 - cosine), 10);
  });

  test("searches by both, whose ranks are fused", async () => {
    const found = await allOf(
      clientFor().search(QUESTION, { vectorSearchOptions: { queries: [vectorQuery] } }),
    );
    expect(found[0]?.score).toBeCloseTo(2 / 61, 10);
  });

  test("has texts embedded by the index", async () => {
    const query = { kind: "text" as const, text: QUESTION, fields: ["contentVector" as const] };
    const found = await allOf(
      clientFor().search(undefined, { vectorSearchOptions: { queries: [query] } }),
    );
    expect(found[0]?.document.title).toBe("Annual leave");
  });

  test("sees the scores of the semantic ranker, and why there are none", async () => {
    const options = {
      queryType: "semantic" as const,
      semanticSearchOptions: { configurationName: KIT_SEMANTIC },
    };
    const [best] = await allOf(clientFor().search(QUESTION, options));
    expect(best?.rerankerScore).toBeGreaterThan(1);
    expect(best?.rerankerScore).toBeLessThanOrEqual(4);
    host.state.semantic = "busy";
    const [plain] = await allOf(clientFor().search(QUESTION, options));
    expect(plain).toMatchObject({ document: { title: "Annual leave" } });
    expect(plain?.rerankerScore).toBeUndefined();
    host.state.semantic = "used up";
    await expect(clientFor().search(QUESTION, options)).rejects.toMatchObject({ statusCode: 402 });
  });

  test("version 12 is answered alike", async () => {
    const client = new SearchClient12<Document>(
      host.url,
      KIT_INDEX,
      new AzureKeyCredential12(host.queryKey),
    );
    const [best] = await allOf(client.search(QUESTION));
    expect(best?.document.title).toBe("Annual leave");
    expect(host.calls.at(-1)?.path).toContain("api-version=2025-09-01");
  });

  test("is let in by a token", async () => {
    host.tokens.set("good-token", "documents");
    const credential = (token: string) => ({
      getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
    });
    const clientBy = (token: string) =>
      new SearchClient<Document>(host.url, KIT_INDEX, credential(token));
    expect(await allOf(clientBy("good-token").search("leave"))).not.toEqual([]);
    await expect(clientBy("bad-token").search("leave")).rejects.toMatchObject({ statusCode: 403 });
  });

  test.each<[string, () => Promise<unknown>, number, RegExp]>([
    ["a wrong key", () => clientFor("wrong").search("x"), 403, /given API key doesn't match/u],
    [
      "a key for queries that wants a definition",
      () =>
        new SearchIndexClient(host.url, new AzureKeyCredential(host.queryKey)).getIndex(KIT_INDEX),
      403,
      /denied/u,
    ],
    [
      "an unknown index",
      () => clientFor(host.queryKey, "none").search("x"),
      404,
      /'none'.*not found/u,
    ],
    [
      "an unknown field in a filter",
      () => clientFor().search("x", { filter: "team eq 'x'" }),
      400,
      /property named 'team'/u,
    ],
    [
      "a filter that is none",
      () => clientFor().search("x", { filter: "title eq 'a" }),
      400,
      /Invalid expression/u,
    ],
    [
      "an unknown selected field",
      () => clientFor().search("x", { select: ["team" as "id"] }),
      400,
      /\$select/u,
    ],
    [
      "a vector of another length",
      () =>
        clientFor().search(undefined, {
          vectorSearchOptions: { queries: [{ ...vectorQuery, vector: [1, 2] }] },
        }),
      400,
      /'32'.*'2'/u,
    ],
  ])("is refused %s", async (_what, run, statusCode, message) => {
    await expect(run()).rejects.toMatchObject({
      statusCode,
      message: expect.stringMatching(message),
    });
  });
});

describe("filters", () => {
  const found = async (filter: string): Promise<string[]> =>
    (await allOf(clientFor().search("*", { filter }))).map(({ document }) => document.id.slice(4));

  test.each<[string, string[]]>([
    ["title eq 'Printers'", ["5"]],
    ["title ne 'Printers'", ["1", "2", "3", "4"]],
    ["words gt 13 and words le 17", ["1", "2"]],
    ["not (words lt 12)", ["1", "2", "3", "4"]],
    ["title eq 'Printers' or title eq 'Sick leave'", ["2", "5"]],
    ["group_ids/any(g: g eq 'sales')", ["3", "4"]],
    ["group_ids/all(g: g eq 'sales')", []],
    ["group_ids/any()", ["1", "2", "3", "4", "5"]],
    ["group_ids/any(g:search.in(g, ''))", []],
    ["group_ids/any(g:search.in(g, 'office|sales', '|'))", ["3", "4", "5"]],
    ["url eq null", []],
    ["title eq 'it''s'", []],
  ])("%s", async (filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });
});
