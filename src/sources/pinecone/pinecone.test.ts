import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { PineconeSource } from "../../protocol/data-sources/other-indexes.ts";
import { NO_MAPPING } from "../../protocol/data-sources/parts.ts";
import { startFaultProxy } from "../../testing/fault-proxy.ts";
import { type PineconeHost, startPineconeHost } from "../../testing/pinecone/pinecone-host.ts";
import { addIndex, addRecords } from "../../testing/pinecone/indexes.ts";
import { openTestContext, type TestContext } from "../../testing/source-context.ts";
import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../../testing/source-documents.ts";
import { type SourceStand, testHttpFaults, testSource } from "../../testing/source-kit.ts";
import { wordVector } from "../../testing/word-vector.ts";
import type { SourcePassage, SourceQuery } from "../source.ts";
import { pinecone } from "./pinecone.ts";

function settings(more: Partial<PineconeSource>): PineconeSource {
  return {
    type: "pinecone",
    environment: "us-west1-gcp",
    indexName: "kit",
    authentication: { type: "api_key", key: "none" },
    fieldsMapping: { ...NO_MAPPING, contentFields: ["content"] },
    embedding: byWords(KIT_DIMENSIONS),
    namespace: null,
    sparseModel: null,
    ...more,
  };
}

function byWords(dimensions: number): PineconeSource["embedding"] {
  return { type: "deployment_name", deploymentName: `words-${dimensions}`, dimensions: null };
}

const KIT_RECORDS = KIT_DOCUMENTS.map(({ id, vector, ...metadata }) => ({
  id,
  values: vector,
  metadata,
}));

async function startStand(): Promise<SourceStand & { url: string }> {
  const host = await startPineconeHost();
  await addIndex(host, { name: "kit", dimension: KIT_DIMENSIONS });
  await addRecords(host, "kit", KIT_RECORDS);
  const context = openTestContext({ subject: "pinecone" });
  return {
    url: host.url,
    secrets: [host.key],
    open({ url, secret, index = "kit", dimensions = KIT_DIMENSIONS } = {}) {
      // One proxy stands before both planes.
      host.announced = url ?? null;
      return pinecone().open(
        settings({
          environment: url ?? host.url,
          indexName: index,
          authentication: { type: "api_key", key: secret ?? host.key },
          embedding: byWords(dimensions),
        }),
        context,
      );
    },
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

testSource("pinecone", { capabilities: { filters: false, vectors: true }, start: startStand });
testHttpFaults("pinecone", { requestsBefore: 1, start: startStand });

const LEAVE = "Annual leave is thirty days.";
const CRANE = "The crane lifts many tonnes.";
const QUESTION = "How many days of annual leave?";
const vectorOf = (text: string): number[] => wordVector(text, KIT_DIMENSIONS);
const cosineOf = (text: string): number => {
  const other = vectorOf(text);
  return vectorOf(QUESTION).reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
};
const record = (id: string, content: string, more: object = {}) => ({
  id,
  values: vectorOf(content),
  metadata: { content, ...more },
});

let host: PineconeHost;
let context: TestContext;
beforeAll(async () => {
  host = await startPineconeHost();
  context = openTestContext({ subject: "pinecone" });
});
afterAll(async () => {
  await context[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});
beforeEach(() => {
  host.announced = null;
  host.calls.length = 0;
  context.embedded.length = 0;
});

async function search(
  more: Partial<PineconeSource>,
  { text = QUESTION, limit = 10, ...query }: Partial<SourceQuery> = {},
  within: TestContext = context,
): Promise<SourcePassage[]> {
  const authentication = { type: "api_key" as const, key: host.key };
  const source = pinecone().open(
    settings({ environment: host.url, authentication, ...more }),
    within,
  );
  const { signal } = new AbortController();
  return source.search({ text, limit, allowPartial: false, signal, ...query });
}

let count = 0;
async function newIndex(
  options: Omit<Parameters<typeof addIndex>[1], "name">,
  ...records: Parameters<typeof addRecords>[2]
): Promise<string> {
  const name = `index-${++count}`;
  await addIndex(host, { name, ...options });
  await addRecords(host, name, records);
  return name;
}

describe("scores", () => {
  it.each(["cosine", "dotproduct", "euclidean"] as const)(
    "say the cosine by %s, and stay as they are",
    async (metric) => {
      const indexName = await newIndex(
        { dimension: KIT_DIMENSIONS, metric },
        record("crane", CRANE),
        record("leave", LEAVE),
      );
      const passages = await search({ indexName });
      expect(passages.map(({ content }) => content)).toEqual([LEAVE, CRANE]);
      const cosine = cosineOf(LEAVE);
      expect(passages[0]?.relevance).toBeCloseTo(cosine, 4);
      expect(passages[0]?.score).toBeCloseTo(metric === "euclidean" ? 2 - 2 * cosine : cosine, 4);
    },
  );
});

describe("fields", () => {
  it("are those of the mapping, several for the content", async () => {
    const metadata = {
      head: "Leave",
      text: LEAVE,
      link: "https://x",
      where: "leave.md",
      name: "N",
    };
    const indexName = await newIndex(
      { dimension: KIT_DIMENSIONS },
      { id: "1", values: vectorOf(LEAVE), metadata },
    );
    const fieldsMapping = {
      ...NO_MAPPING,
      contentFields: ["head", "text"],
      contentFieldsSeparator: ": ",
      titleField: "head",
      urlField: "link",
      filepathField: "where",
    };
    expect(await search({ indexName, fieldsMapping })).toMatchObject([
      {
        id: "1",
        content: `Leave: ${LEAVE}`,
        title: "Leave",
        url: "https://x",
        filepath: "leave.md",
        chunkId: "0",
      },
    ]);
  });

  it("are found by their names in each record", async () => {
    const indexName = await newIndex(
      { dimension: KIT_DIMENSIONS },
      record("1", LEAVE, { title: "Leave", url: "https://x", source: "leave.pdf", chunk_id: 4 }),
    );
    expect(await search({ indexName })).toMatchObject([
      { title: "Leave", url: "https://x", filepath: "leave.pdf", chunkId: "4" },
    ]);
  });

  it("that no record has are refused, naming those there are", async () => {
    const indexName = await newIndex(
      { dimension: KIT_DIMENSIONS },
      { id: "1", values: vectorOf(LEAVE), metadata: { text: LEAVE, lang: "en" } },
    );
    await expect(search({ indexName })).rejects.toThrow(/no text in 'content'.*'text', 'lang'/u);
  });
});

describe("namespaces", () => {
  it("are searched one at a time", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", CRANE));
    await addRecords(host, indexName, [record("2", LEAVE)], "staff");
    expect(await search({ indexName, namespace: "staff" })).toMatchObject([{ content: LEAVE }]);
    expect(await search({ indexName })).toMatchObject([{ content: CRANE }]);
  });

  it("that are empty while others are not are refused, naming the others", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS });
    await addRecords(host, indexName, [record("2", LEAVE)], "staff");
    await expect(search({ indexName })).rejects.toThrow(/namespace '__default__'.*'staff'/u);
  });

  it("of an empty index find nothing", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS });
    expect(await search({ indexName })).toEqual([]);
  });
});

describe("an index that embeds by itself", () => {
  const embed = { model: "multilingual-e5-large", field: "content" };

  it.each<PineconeSource["embedding"]>([{ type: "integrated" }, byWords(7)])(
    "is asked in words, whatever the embedding (%j)",
    async (embedding) => {
      const indexName = await newIndex(
        { dimension: 32, embed },
        record("1", CRANE),
        record("2", LEAVE, { title: "Leave" }),
      );
      const [first] = await search({ indexName, embedding });
      expect(first).toMatchObject({ content: LEAVE, title: "Leave" });
      expect(first?.relevance).toBeCloseTo(cosineOf(LEAVE), 4);
      expect(context.embedded).toEqual([]);
      expect(host.calls.at(-1)?.path).toBe("/records/namespaces/__default__/search");
    },
  );

  it("is asked for one namespace, whatever its name", async () => {
    const indexName = await newIndex({ dimension: 32, embed });
    await addRecords(host, indexName, [record("1", LEAVE)], "a/b?c");
    expect(await search({ indexName, namespace: "a/b?c" })).toMatchObject([{ content: LEAVE }]);
  });

  it("may make sparse vectors, whose scores have no scale", async () => {
    const sparse = { model: "pinecone-sparse-english-v0", field: "content" };
    const indexName = await newIndex(
      { dimension: null, vectorType: "sparse", metric: "dotproduct", embed: sparse },
      record("1", LEAVE),
    );
    expect(await search({ indexName, embedding: { type: "integrated" } })).toMatchObject([
      { content: LEAVE, relevance: null },
    ]);
  });

  it("is what 'integrated' needs", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", LEAVE));
    await expect(search({ indexName, embedding: { type: "integrated" } })).rejects.toThrow(
      /no model of its own.*'deployment_name'/u,
    );
  });
});

describe("sparse vectors", () => {
  const sparseModel = "pinecone-sparse-english-v0";

  it("are added to dense ones where the metric is the dot product", async () => {
    const indexName = await newIndex(
      { dimension: KIT_DIMENSIONS, metric: "dotproduct" },
      { ...record("words", CRANE), sparse: LEAVE },
      record("meaning", LEAVE),
    );
    const passages = await search({ indexName, sparseModel }, { text: LEAVE });
    expect(passages[0]).toMatchObject({ id: "words", relevance: null });
    const { body } = host.calls.at(-1) ?? {};
    expect(body.vector).toHaveLength(KIT_DIMENSIONS);
    expect(body.sparseVector.indices.length).toBeGreaterThan(0);
  });

  it("alone are searched by one of Pinecone's models", async () => {
    const options = { dimension: null, vectorType: "sparse", metric: "dotproduct" } as const;
    const indexName = await newIndex(options, { ...record("1", LEAVE), sparse: LEAVE });
    expect(await search({ indexName, sparseModel })).toMatchObject([
      { content: LEAVE, relevance: null },
    ]);
    expect(context.embedded).toEqual([]);
    await expect(search({ indexName })).rejects.toThrow(/only sparse vectors.*'sparse_model'/u);
  });

  it("are refused with another metric, before anything is embedded or asked", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", LEAVE));
    await expect(search({ indexName, sparseModel })).rejects.toThrow(
      /takes the metric dotproduct/u,
    );
    expect(host.calls.filter(({ path }) => path === "/query" || path === "/embed")).toEqual([]);
  });

  it.each([
    ["there is not", "gone", /status 404 .*'gone'/u],
    [
      "makes dense vectors",
      "multilingual-e5-large",
      /no sparse vectors by the model 'multilingual-e5-large'/u,
    ],
  ])("by a model that %s are refused", async (_what, model, message) => {
    const indexName = await newIndex(
      { dimension: KIT_DIMENSIONS, metric: "dotproduct" },
      record("1", LEAVE),
    );
    await expect(search({ indexName, sparseModel: model })).rejects.toThrow(message);
  });
});

it("vectors of another length are refused before a query", async () => {
  const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", LEAVE));
  await expect(search({ indexName, embedding: byWords(7) })).rejects.toThrow(
    `index '${indexName}' holds vectors of 32 dimensions, but the deployment 'words-7' gives 7`,
  );
  expect(host.calls.map(({ path }) => path)).toEqual([`/indexes/${indexName}`]);
});

it("an index that is being made is not ready", async () => {
  const indexName = await newIndex({ dimension: KIT_DIMENSIONS, isReady: false });
  await expect(search({ indexName })).rejects.toMatchObject({
    code: "data_source_unavailable",
    message: expect.stringContaining("(Initializing)"),
  });
});

it("an index is described once for many questions, and another index for itself", async () => {
  const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", LEAVE));
  const other = await newIndex({ dimension: KIT_DIMENSIONS }, record("2", CRANE));
  const driver = pinecone();
  const ask = (name: string) => {
    const authentication = { type: "api_key" as const, key: host.key };
    const source = driver.open(
      settings({ environment: host.url, authentication, indexName: name }),
      context,
    );
    const { signal } = new AbortController();
    return source.search({ text: QUESTION, limit: 5, allowPartial: false, signal });
  };
  await ask(indexName);
  await ask(indexName);
  expect(host.calls.map(({ plane }) => plane)).toEqual(["control", "index", "index"]);
  expect(new Set(host.calls.map(({ version }) => version))).toEqual(new Set(["2026-04"]));
  expect(await ask(other)).toMatchObject([{ content: CRANE }]);
});

describe("where the key is sent", () => {
  const names: string[] = [];
  const resolve = async (name: string) => {
    names.push(name);
    return [{ address: "127.0.0.1", family: 4 }];
  };

  it("a host the control plane names must be Pinecone's own", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", LEAVE));
    host.calls.length = 0;
    for (const foreign of [
      "evil.example.com",
      "https://evilpinecone.io",
      "http://kit.svc.aped.pinecone.io",
      "evil.example.com/.pinecone.io",
    ]) {
      host.announced = foreign;
      await expect(search({ indexName })).rejects.toMatchObject({
        code: "host_not_allowed",
        message: expect.stringContaining("no host of Pinecone's"),
      });
    }
    expect(host.calls.every(({ plane }) => plane === "control")).toBe(true);
  });

  it("a host of Pinecone's own is asked over TLS", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", LEAVE));
    host.announced = "kit-1a2b3c.svc.aped-4627-b74a.pinecone.io";
    await using elsewhere = openTestContext({ subject: "pinecone", resolve });
    // What the name leads to is not public, which only the guard sees.
    await expect(search({ indexName }, {}, elsewhere)).rejects.toMatchObject({
      code: "host_not_allowed",
      message: expect.stringContaining("kit-1a2b3c.svc.aped-4627-b74a.pinecone.io"),
    });
    expect(names).toContain("kit-1a2b3c.svc.aped-4627-b74a.pinecone.io");
  });

  it.each(["us-west1-gcp", "gcp-starter", "aws"])(
    "'%s' as environment means Pinecone's control plane",
    async (environment) => {
      await using elsewhere = openTestContext({ subject: "pinecone", resolve });
      await expect(search({ environment }, {}, elsewhere)).rejects.toThrow("api.pinecone.io");
    },
  );

  it("the address of an index as environment is asked without a control plane", async () => {
    const indexName = await newIndex({ dimension: KIT_DIMENSIONS }, record("1", LEAVE));
    const { port } = new URL(host.hostOf(indexName));
    const allowed = ["*.svc.test", "127.0.0.1"];
    await using elsewhere = openTestContext({ subject: "pinecone", allowed, resolve });
    const environment = `http://kit-1a2b3c.svc.test:${port}`;
    host.calls.length = 0;
    expect(await search({ indexName, environment }, {}, elsewhere)).toMatchObject([
      { content: LEAVE },
    ]);
    expect(host.calls.map(({ path }) => path)).toEqual(["/describe_index_stats", "/query"]);
    const other = search({ indexName, environment, embedding: byWords(7) }, {}, elsewhere);
    await expect(other).rejects.toThrow(/32 dimensions.* gives 7/u);
  });

  it("a key that no header carries is the caller's to correct, and is not told", async () => {
    const authentication = { type: "api_key" as const, key: "pcsk-sesame\n" };
    const asked = search({ authentication });
    await expect(asked).rejects.toMatchObject({
      code: "data_source_invalid",
      message: expect.stringContaining("Check them for line breaks"),
    });
    await expect(asked).rejects.not.toThrow("sesame");
  });

  it("a name with slashes stays one name", async () => {
    await expect(search({ indexName: "../embed?x" })).rejects.toThrow("status 404");
    expect(host.calls[0]?.path).toBe("/indexes/..%2Fembed%3Fx");
    await expect(search({ indexName: ".." })).rejects.toThrow("cannot have");
  });
});

it.each([
  [0, /has not described index 'kit'/u],
  [1, /answered a query in a way that is not Pinecone's/u],
])("an answer that is not Pinecone's after %i requests is told", async (after, message) => {
  await using stand = await startStand();
  await using proxy = await startFaultProxy({ target: stand.url });
  proxy.fault({ type: "status", status: 200, body: {} }, { after });
  const { signal } = new AbortController();
  const query = { text: QUESTION, limit: 5, allowPartial: false, signal };
  const asked = stand.open({ url: proxy.url }).search(query);
  await expect(asked).rejects.toMatchObject({
    code: "data_source_invalid",
    message: expect.stringMatching(message),
  });
});
