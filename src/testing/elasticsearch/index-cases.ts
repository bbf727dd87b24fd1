import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { ElasticsearchSource } from "../../protocol/data-sources/other-indexes.ts";
import { type FieldsMapping, NO_MAPPING } from "../../protocol/data-sources/parts.ts";
import { elasticsearch } from "../../sources/elasticsearch/elasticsearch.ts";
import type { SourcePassage, SourceQuery } from "../../sources/source.ts";
import { openTestContext, SHORT_LIMITS, type TestContext } from "../source-context.ts";
import { KIT_DIMENSIONS } from "../source-documents.ts";
import { wordVector } from "../word-vector.ts";
import { type ApiKey, createApiKey, indexCalls, prepareServer } from "./calls.ts";
import {
  DENSE,
  elasticsearchSettings,
  type StartedServer,
  type TestServers,
  wordEmbedding,
} from "./settings.ts";

const LEAVE = "How many days of annual leave?";

/** What the driver makes of many kinds of indexes. */
export function testIndexes({ start, limits = SHORT_LIMITS }: TestServers): void {
  let server: StartedServer;
  let context: TestContext;
  let key: ApiKey;
  beforeAll(async () => {
    server = await start();
    context = openTestContext({ subject: "elasticsearch", limits });
    key = await createApiKey(server, { names: ["*"], privileges: ["read", "view_index_metadata"] });
  });
  afterAll(async () => {
    await context[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  interface Index {
    properties: Record<string, unknown>;
    documents: { id: string; [field: string]: unknown }[];
  }
  let count = 0;
  async function newIndex({ properties, documents }: Index): Promise<string> {
    const name = `index-${++count}`;
    const all = { id: { type: "keyword" }, ...properties };
    await prepareServer(server, indexCalls(name, all, documents));
    return name;
  }

  type Asked = Partial<ElasticsearchSource> &
    Partial<SourceQuery> & { mapping?: Partial<FieldsMapping>; as?: ApiKey };
  async function search(
    indexName: string,
    { mapping, as = key, ...more }: Asked = {},
  ): Promise<SourcePassage[]> {
    const { text = LEAVE, limit = 10, allowPartial = false, ...settings } = more;
    const source = elasticsearch().open(
      elasticsearchSettings({
        endpoint: server.url,
        authentication: { type: "encoded_api_key", encodedApiKey: as.encoded },
        indexName,
        fieldsMapping: { ...NO_MAPPING, ...mapping },
        ...settings,
      }),
      context,
    );
    return source.search({ text, limit, allowPartial, signal: new AbortController().signal });
  }

  const vectorOf = (text: string): number[] => wordVector(text, KIT_DIMENSIONS);
  const cosineOf = (left: string, right: string): number => {
    const other = vectorOf(right);
    return vectorOf(left).reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  };
  const TEXTS = { leave: "Annual leave is thirty days.", crane: "The crane lifts many tonnes." };

  it.each([
    ["cosine", 1, 1],
    ["dot_product", 1, 1],
    ["max_inner_product", 1, 1],
    ["l2_norm", 1, 1],
    ["cosine", 3, 1],
  ])("says the cosine of %s, for vectors of length %f", async (similarity, length) => {
    const index = await newIndex({
      properties: { content: { type: "text" }, vector: { ...DENSE, similarity } },
      documents: Object.entries(TEXTS).map(([id, content]) => ({
        id,
        content,
        vector: vectorOf(content).map((value) => value * length),
      })),
    });
    const passages = await search(index, { queryType: "vector" });
    expect(passages.map(({ content }) => content)).toEqual([TEXTS.leave, TEXTS.crane]);
    expect(passages[0]?.relevance).toBeCloseTo(cosineOf(LEAVE, TEXTS.leave), 4);
    expect(passages[1]?.relevance).toBeCloseTo(Math.max(0, cosineOf(LEAVE, TEXTS.crane)), 4);
  });

  it("knows no relevance of words", async () => {
    const index = await newIndex({
      properties: { content: { type: "text" } },
      documents: [{ id: "leave", content: TEXTS.leave }],
    });
    const [passage] = await search(index);
    expect(passage).toMatchObject({ relevance: null, id: `${index}/leave`, chunkId: "0" });
    expect(passage?.score).toBeGreaterThan(0);
  });

  it("finds fields in objects, other analyses of a field and chunk ids, without a mapping", async () => {
    const index = await newIndex({
      properties: {
        text: { type: "keyword", fields: { words: { type: "text" } } },
        metadata: {
          properties: {
            title: { type: "text" },
            source: { type: "keyword" },
            chunk_id: { type: "long" },
          },
        },
      },
      documents: [
        {
          id: "1",
          text: TEXTS.leave,
          metadata: { title: "Leave", source: "leave.pdf", chunk_id: 7 },
        },
      ],
    });
    expect(await search(index)).toMatchObject([
      { content: TEXTS.leave, title: "Leave", filepath: "leave.pdf", chunkId: "7", url: null },
    ]);
  });

  it("takes the longest text of a sample for the content when no name tells", async () => {
    const index = await newIndex({
      properties: { a: { type: "text" }, b: { type: "text" } },
      documents: [{ id: "1", a: "leave", b: TEXTS.leave }],
    });
    expect(await search(index)).toMatchObject([{ content: TEXTS.leave }]);
  });

  it("joins the fields of a mapping in its order, also those that are lists", async () => {
    const index = await newIndex({
      properties: { head: { type: "text" }, lines: { type: "text" }, content: { type: "text" } },
      documents: [{ id: "1", head: "Leave", lines: ["Thirty days.", "In summer."], content: "-" }],
    });
    const mapping = {
      contentFields: ["head", "lines"],
      contentFieldsSeparator: " | ",
      titleField: "head",
    };
    expect(await search(index, { mapping })).toMatchObject([
      { content: "Leave | Thirty days.\nIn summer.", title: "Leave" },
    ]);
  });

  describe("with content in nested objects", () => {
    const properties = {
      title: { type: "text" },
      parts: { type: "nested", properties: { text: { type: "text" }, vector: DENSE } },
    };
    const part = (text: string): object => ({ text, vector: vectorOf(text) });
    const documents = [
      { id: "rules", title: "Rules", parts: [part(TEXTS.crane), part(TEXTS.leave)] },
      { id: "other", title: "Other", parts: [part("Sick leave is no annual holiday.")] },
    ];
    const mapping = { contentFields: ["parts.text"], titleField: "title" };

    it("makes each part that matches words a passage", async () => {
      const index = await newIndex({ properties, documents });
      expect(await search(index, { mapping, text: "thirty days" })).toMatchObject([
        { id: `${index}/rules/parts/1`, content: TEXTS.leave, title: "Rules", chunkId: "1" },
      ]);
    });

    it("ranks parts by their own vectors", async () => {
      const index = await newIndex({ properties, documents });
      const passages = await search(index, { mapping, queryType: "vector" });
      expect(passages[0]).toMatchObject({ content: TEXTS.leave, title: "Rules", chunkId: "1" });
      expect(passages.map(({ title }) => title)).toEqual(["Rules", "Other", "Rules"]);
      expect(passages[0]?.relevance).toBeCloseTo(cosineOf(LEAVE, TEXTS.leave), 4);
    });

    it("never answers more than are wanted", async () => {
      const index = await newIndex({ properties, documents });
      expect(await search(index, { mapping, queryType: "vector", limit: 1 })).toHaveLength(1);
    });
  });

  it("a hybrid query finds what only words find and what only vectors find, the one that both find first", async () => {
    const index = await newIndex({
      properties: { content: { type: "text" }, vector: DENSE },
      documents: [
        { id: "words", content: "annual", vector: vectorOf("zebra") },
        { id: "both", content: "annual leave", vector: vectorOf("annual leave") },
        { id: "vector", content: "holiday", vector: vectorOf("leave") },
      ],
    });
    const passages = await search(index, {
      queryType: "vector_simple_hybrid",
      text: "annual leave",
    });
    expect(passages[0]).toMatchObject({ content: "annual leave", relevance: 1 });
    expect(passages.map(({ content }) => content).toSorted()).toEqual([
      "annual",
      "annual leave",
      "holiday",
    ]);
  });

  it("searches several vector fields, each passage by the nearest", async () => {
    const index = await newIndex({
      properties: { content: { type: "text" }, one: DENSE, two: DENSE },
      documents: [
        { id: "1", content: "first", one: vectorOf("zebra"), two: vectorOf("annual leave") },
        { id: "2", content: "second", one: vectorOf("leave"), two: vectorOf("zebra") },
      ],
    });
    const mapping = { vectorFields: ["one", "two"] };
    const passages = await search(index, { queryType: "vector", text: "annual leave", mapping });
    expect(passages.map(({ content }) => content)).toEqual(["first", "second"]);
    expect(passages[0]?.relevance).toBeCloseTo(1, 4);
  });

  describe("with several indices behind one name", () => {
    const properties = { content: { type: "text" }, vector: DENSE };
    const documents = [{ id: "1", content: TEXTS.leave, vector: vectorOf(TEXTS.leave) }];
    const shorter = { content: { type: "text" }, vector: { ...DENSE, dims: 3 } };
    const other = {
      properties: shorter,
      documents: [{ id: "1", content: TEXTS.leave, vector: [1, 0, 0] }],
    };

    async function alias(indices: string[]): Promise<string> {
      const name = `alias-${++count}`;
      const actions = indices.map((index) => ({ add: { index, alias: name } }));
      await prepareServer(server, [{ method: "POST", path: "/_aliases", body: { actions } }]);
      return name;
    }

    it("finds in all of them, with ids of their own", async () => {
      const indices = [await newIndex({ properties, documents }), await newIndex(other)];
      const passages = await search(await alias(indices));
      expect(passages.map(({ id }) => id).toSorted()).toEqual(
        indices.map((index) => `${index}/1`).toSorted(),
      );
    });

    it("finds words where another of the indices has a number", async () => {
      const number = {
        properties: { content: { type: "long" } },
        documents: [{ id: "1", content: 5 }],
      };
      const indices = [await newIndex({ properties, documents }), await newIndex(number)];
      expect(await search(await alias(indices))).toMatchObject([{ content: TEXTS.leave }]);
    });

    it("a part that cannot be searched is a failure, unless partial results are allowed", async () => {
      const indices = [await newIndex({ properties, documents }), await newIndex(other)];
      const name = await alias(indices);
      await expect(search(name, { queryType: "vector" })).rejects.toMatchObject({
        code: "data_source_unavailable",
        message: expect.stringMatching(
          /1 of 2 shards failed \(index 'index-\d+'\): .*different number of dimensions.*'allow_partial_result'/u,
        ),
      });
      const passages = await search(name, { queryType: "vector", allowPartial: true });
      expect(passages).toHaveLength(1);
    });
  });

  describe("refuses, saying what to do,", () => {
    const properties = {
      content: { type: "text" },
      code: { type: "keyword" },
      vector: DENSE,
      stored: { type: "dense_vector", dims: 3, index: false },
      words: { type: "sparse_vector" },
    };
    const documents = [{ id: "1", content: TEXTS.leave }];

    it.each<[string, Asked, RegExp]>([
      [
        "content fields there are not",
        { mapping: { contentFields: ["text"] } },
        /has no field 'text'.*text fields: 'content'.*'content_fields'/u,
      ],
      [
        "content that is no text",
        { mapping: { contentFields: ["code"] } },
        /has no text in 'code' \(type 'keyword'\)/u,
      ],
      [
        "vector fields there are not",
        { queryType: "vector", mapping: { vectorFields: ["embedding"] } },
        /has no field 'embedding'.*'vector', 'stored', 'words'|has no field 'embedding'.*'stored', 'vector', 'words'/u,
      ],
      [
        "a vector field that is text",
        { queryType: "vector", mapping: { vectorFields: ["content"] } },
        /'content' of index '[^']+' is of type 'text', which holds no vectors/u,
      ],
      [
        "vectors that are not indexed",
        { queryType: "vector", mapping: { vectorFields: ["stored"] } },
        /'stored'.*'index' set to false/u,
      ],
      [
        "sparse vectors with an embedding from outside",
        { queryType: "vector", mapping: { vectorFields: ["words"] } },
        /'words'.*'model_id'/u,
      ],
      [
        "documents without the content that was named",
        { queryType: "vector", mapping: { contentFields: ["code"] } },
        /none of the documents found .* has text in 'code'/u,
      ],
    ])("%s", async (_what, asked, message) => {
      const withVectors = documents.map((document) => ({
        ...document,
        vector: vectorOf(document.content),
      }));
      const index = await newIndex({ properties, documents: withVectors });
      await expect(search(index, asked)).rejects.toMatchObject({
        code: "data_source_invalid",
        message: expect.stringMatching(message),
      });
    });

    it("a vector query where there are no vectors", async () => {
      const index = await newIndex({ properties: { content: { type: "text" } }, documents });
      await expect(search(index, { queryType: "vector" })).rejects.toThrow(
        /has no vector field that can be searched.*'query_type' 'simple'/u,
      );
    });

    it("a pattern that matches nothing", async () => {
      await expect(search("none-*")).rejects.toThrow(/no such index.*'index_name'/u);
    });

    it.each([".", ".."])("'%s' as an index", async (name) => {
      await expect(search(name)).rejects.toThrow("there can be no index");
    });

    it("names with slashes by asking for just that index", async () => {
      await expect(search("../_cluster/health?x=")).rejects.toMatchObject({
        code: "data_source_invalid",
        message: expect.stringContaining("index '../_cluster/health?x='"),
      });
    });

    it("a key that may not read the index, naming both privileges", async () => {
      const index = await newIndex({ properties: { content: { type: "text" } }, documents });
      const as = await createApiKey(server, { names: ["elsewhere"], privileges: ["read"] });
      await expect(search(index, { as })).rejects.toMatchObject({
        code: "data_source_invalid",
        message: expect.stringMatching(/status 403 .*'read' and 'view_index_metadata'/u),
      });
    });
  });

  describe("with a key that may only read", () => {
    it("finds the fields, and vectors whose length only the engine knows", async () => {
      const index = await newIndex({
        properties: {
          content: { type: "text", fields: { raw: { type: "keyword" } } },
          meta: { properties: { title: { type: "text" } } },
          vector: DENSE,
        },
        documents: [
          {
            id: "1",
            content: TEXTS.leave,
            meta: { title: "Leave" },
            vector: vectorOf(TEXTS.leave),
          },
        ],
      });
      const as = await createApiKey(server, { names: [index], privileges: ["read"] });
      const found = { content: TEXTS.leave, title: "Leave" };
      expect(await search(index, { as })).toMatchObject([found]);
      expect(await search(index, { as, queryType: "vector" })).toMatchObject([
        { ...found, relevance: null },
      ]);
      const other = search(index, { as, queryType: "vector", embedding: wordEmbedding(7) });
      await expect(other).rejects.toThrow(/different number of dimensions \[7\].*\[32\]/u);
    });
  });
}
