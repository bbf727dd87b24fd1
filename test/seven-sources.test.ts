import { appendFile } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { KIT_INDEX } from "../src/testing/azure-search-host/kit-index.ts";
import { createApiKey, indexCalls, prepareServer } from "../src/testing/elasticsearch/calls.ts";
import { startElasticsearchHost } from "../src/testing/elasticsearch/elasticsearch-host.ts";
import { DENSE } from "../src/testing/elasticsearch/settings.ts";
import {
  HANDBOOK,
  HANDBOOK_FIELDS,
  READER,
  startFilledHost,
} from "../src/testing/mongo-host/filled-host.ts";
import { addIndex, addRecords } from "../src/testing/pinecone/indexes.ts";
import { startPineconeHost } from "../src/testing/pinecone/pinecone-host.ts";
import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../src/testing/source-documents.ts";
import { startAzureSearchStand } from "./support/azure-search.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const PROJECT =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

/** Each with the title of the document that answers it. */
const QUESTIONS: [question: string, title: string][] = [
  ["How many days of annual leave do all employees get?", "Annual leave"],
  ["When do many take the days of annual leave: in summer?", "Annual leave"],
  ["Who calls the manager before nine when ill?", "Sick leave"],
  ["From which day on is a certificate needed of who is ill?", "Sick leave"],
  ["When can the sales team not take leave?", "Leave for sales"],
  ["Can the sales team take leave in the last week of a quarter?", "Leave for sales"],
  ["In which class are trains booked?", "Travel expenses"],
  ["Within which month are receipts handed in?", "Travel expenses"],
  ["Where does the toner stand?", "Printers"],
  ["What is in the cupboard beside the lift on every floor?", "Printers"],
];

interface Source {
  type: string;
  parameters: Record<string, unknown>;
}

const resources = new AsyncDisposableStack();
let server: TestServer;
const sources = new Map<string, Source>();

beforeAll(async () => {
  const stand = resources.use(await startAzureSearchStand());
  const { search, environment } = stand;
  search.tokens.set("token-of-the-caller", "documents");
  await appendFile(
    environment["GROUNDWIRE_CONFIG"] ?? "",
    `
ml_indexes:
  - project_resource_id: ${PROJECT}
    name: handbook
    version: "1"
    embedding_deployment: embedder
    mlindex:
      embeddings: { kind: open_ai, model: words }
      index: { kind: acs, endpoint: "${search.url}", index: ${KIT_INDEX}, connection: { id: /w/connections/search } }
`,
  );
  server = resources.use(await startTestServer(environment));
  const embedding_dependency = { type: "deployment_name", deployment_name: "embedder" };

  sources.set("azure_search", {
    type: "azure_search",
    parameters: {
      endpoint: search.url,
      index_name: KIT_INDEX,
      authentication: { type: "api_key", key: search.queryKey },
    },
  });
  sources.set("azure_ml_index", {
    type: "azure_ml_index",
    parameters: {
      project_resource_id: PROJECT,
      name: "handbook",
      version: "1",
      authentication: { type: "access_token", access_token: "token-of-the-caller" },
    },
  });
  sources.set("elasticsearch", await elasticsearch());
  sources.set("pinecone", await pinecone(embedding_dependency));
  for (const flavour of ["vcore", "atlas"] as const)
    sources.set(...(await mongo(flavour, embedding_dependency)));
  const files = KIT_DOCUMENTS.map(({ filepath, title, content }) => [
    filepath,
    `# ${title}\n\n${content}\n`,
  ]);
  const vector_store_id = await server.storeOf(Object.fromEntries(files));
  sources.set("file_search", { type: "file_search", parameters: { vector_store_id } });
}, 60_000);
afterAll(() => resources.disposeAsync());

async function elasticsearch(): Promise<Source> {
  const host = resources.use(await startElasticsearchHost());
  const text = { type: "text" };
  const keyword = { type: "keyword" };
  const properties = { title: text, content: text, url: keyword, filepath: keyword, vector: DENSE };
  const documents = KIT_DOCUMENTS.map((document) => ({ ...document }));
  await prepareServer(host, indexCalls("handbook", properties, documents));
  const { key, id } = await createApiKey(host, {
    names: ["handbook"],
    privileges: ["read", "view_index_metadata"],
  });
  return {
    type: "elasticsearch",
    parameters: {
      endpoint: host.url,
      index_name: "handbook",
      authentication: { type: "key_and_key_id", key, key_id: id },
    },
  };
}

async function pinecone(embedding_dependency: object): Promise<Source> {
  const host = resources.use(await startPineconeHost());
  await addIndex(host, { name: "handbook", dimension: KIT_DIMENSIONS });
  const records = KIT_DOCUMENTS.map(({ id, vector, ...metadata }) => ({
    id,
    values: vector,
    metadata,
    sparse: metadata.content,
  }));
  await addRecords(host, "handbook", records);
  return {
    type: "pinecone",
    parameters: {
      environment: host.url,
      index_name: "handbook",
      authentication: { type: "api_key", key: host.key },
      fields_mapping: { content_fields: ["content"] },
      embedding_dependency,
    },
  };
}

async function mongo(
  flavour: "vcore" | "atlas",
  embedding_dependency: object,
): Promise<[name: string, source: Source]> {
  const host = resources.use(await startFilledHost({ flavour }));
  const { username, password } = READER;
  const { contentFields, vectorFields, titleField, urlField, filepathField } = HANDBOOK_FIELDS;
  const parameters = {
    database_name: HANDBOOK.database,
    index_name: HANDBOOK.index,
    fields_mapping: {
      content_fields: contentFields,
      vector_fields: vectorFields,
      title_field: titleField,
      url_field: urlField,
      filepath_field: filepathField,
    },
    embedding_dependency,
  };
  if (flavour === "atlas") {
    const authentication = { type: "username_and_password", username, password };
    const own = {
      endpoint: host.address,
      app_name: "app",
      collection_name: HANDBOOK.collection,
      authentication,
    };
    return ["mongo_db", { type: "mongo_db", parameters: { ...parameters, ...own } }];
  }
  const connection_string = `mongodb://${username}:${password}@${host.address}/?tls=true&authMechanism=SCRAM-SHA-256&retrywrites=false`;
  const authentication = { type: "connection_string", connection_string };
  const own = { container_name: HANDBOOK.collection, authentication };
  return ["azure_cosmos_db", { type: "azure_cosmos_db", parameters: { ...parameters, ...own } }];
}

async function ask(question: string, data_sources: unknown[]): Promise<any> {
  const { status, json } = await server.call("POST", "/openai/v1/chat/completions", {
    model: "gpt-4o",
    messages: [{ role: "user", content: question }],
    data_sources,
  });
  expect([status, json.error]).toEqual([200, undefined]);
  return json.choices[0].message;
}

describe("the same ten questions over the same documents", () => {
  it.each([
    "azure_search",
    "azure_cosmos_db",
    "elasticsearch",
    "mongo_db",
    "pinecone",
    "azure_ml_index",
    "file_search",
  ])("are answered from the same documents by %s", async (type) => {
    const cited: [string, string][] = [];
    for (const [question] of QUESTIONS) {
      const { content, context } = await ask(question, [sources.get(type)]);
      const [, number] = /\[doc(\d+)\]/u.exec(content) ?? [];
      const { title } = context.citations[Number(number) - 1] ?? {};
      cited.push([question, title]);
    }
    expect(cited).toEqual(QUESTIONS);
  });

  it("name the same places, whatever the engine", async () => {
    const [question = ""] = QUESTIONS[0] ?? [];
    const places = new Set<string>();
    for (const source of sources.values()) {
      const { context } = await ask(question, [source]);
      const { title, filepath } = context.citations[0];
      places.add(`${title}: ${filepath}`);
    }
    expect([...places]).toEqual(["Annual leave: annual-leave.md"]);
  });
});

it("three engines answer one question together, each with documents of its own", async () => {
  const include_contexts = ["citations", "intent", "all_retrieved_documents"];
  const asked = ["elasticsearch", "pinecone", "mongo_db"].map((type) => {
    const source = sources.get(type);
    return { ...source, parameters: { ...source?.parameters, include_contexts } };
  });
  const { content, context } = await ask(QUESTIONS[0]?.[0] ?? "", asked);
  expect(content).toMatch(/thirty days of annual leave.*\[doc1\]/su);
  expect(context.citations[0].title).toBe("Annual leave");
  const from = context.all_retrieved_documents.map(
    ({ data_source_index }: any) => data_source_index,
  );
  expect(new Set(from)).toEqual(new Set([0, 1, 2]));
});
