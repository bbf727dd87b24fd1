import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import type { DiagnosisBody } from "../src/protocol/diagnosis.ts";
import { createApiKey, indexCalls, prepareServer } from "../src/testing/elasticsearch/calls.ts";
import {
  type ElasticsearchHost,
  startElasticsearchHost,
} from "../src/testing/elasticsearch/elasticsearch-host.ts";
import { DENSE } from "../src/testing/elasticsearch/settings.ts";
import { type EmbeddingHost, startEmbeddingHost } from "../src/testing/embedding-host.ts";
import { KIT_DOCUMENTS } from "../src/testing/source-documents.ts";
import { runCli } from "./support/cli.ts";
import { startTestServer } from "./support/server.ts";

let host: ElasticsearchHost;
let embeddings: EmbeddingHost;
let folder: string;
let secrets: Record<string, string>;
let settings: string;
beforeAll(async () => {
  host = await startElasticsearchHost();
  embeddings = await startEmbeddingHost();
  folder = await mkdtemp(join(tmpdir(), "groundwire-sample-app-"));
  const properties = { headline: { type: "text" }, body: { type: "text" }, vector: DENSE };
  const documents = KIT_DOCUMENTS.map(({ id, title, content, vector }) => ({
    id,
    headline: title,
    body: content,
    vector,
  }));
  await prepareServer(host, indexCalls("handbook", properties, documents));
  const { id, key } = await createApiKey(host, { names: ["handbook"], privileges: ["read"] });
  secrets = {
    ELASTICSEARCH_ENCODED_API_KEY: Buffer.from(`${id}:${key}`).toString("base64"),
    AZURE_OPENAI_EMBEDDING_KEY: "the-embedding-key",
  };
  settings = `# Chat
DATASOURCE_TYPE=Elasticsearch
AZURE_OPENAI_MODEL=gpt-4o
AZURE_OPENAI_TEMPERATURE=0
AZURE_OPENAI_EMBEDDING_ENDPOINT=${embeddings.url}/openai/deployments/ada/embeddings
AZURE_OPENAI_EMBEDDING_KEY=${secrets["AZURE_OPENAI_EMBEDDING_KEY"]}
ELASTICSEARCH_ENDPOINT=${host.url}
ELASTICSEARCH_ENCODED_API_KEY=${secrets["ELASTICSEARCH_ENCODED_API_KEY"]}
ELASTICSEARCH_INDEX=handbook
ELASTICSEARCH_QUERY_TYPE=vector
ELASTICSEARCH_CONTENT_COLUMNS=body
ELASTICSEARCH_TITLE_COLUMN=headline
ELASTICSEARCH_VECTOR_COLUMNS=vector
ELASTICSEARCH_TOP_K=3
`;
});
afterAll(async () => {
  for (const open of [host, embeddings]) await open[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

it("the sample application's settings become a server that answers from the same index", async () => {
  const file = join(folder, ".env");
  await writeFile(file, settings);
  const { code, stdout } = await runCli(["doctor", file]);
  expect(code).toBe(0);
  for (const secret of Object.values(secrets)) expect(stdout).not.toContain(secret);
  const configuration = join(folder, "groundwire.yaml");
  await writeFile(configuration, stdout);
  const environment = { GROUNDWIRE_CONFIG: configuration, ...secrets };

  await using server = await startTestServer(environment);
  // A client that sends neither keys nor data sources, as the application's own chat without data did.
  const { status, json } = await server.call("POST", "/openai/v1/chat/completions", {
    model: "gpt-4o",
    messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
  });
  expect([status, json.error]).toEqual([200, undefined]);
  const { content, context } = json.choices[0].message;
  expect(content).toMatch(/thirty days of annual leave.*\[doc1\]/su);
  expect(context.citations[0].title).toBe("Annual leave");
  expect(context.citations.length).toBeLessThanOrEqual(3);

  const looked = await runCli(["doctor", "--json"], {
    environment: { ...environment, GROUNDWIRE_DATA_DIR: join(folder, "data") },
  });
  const diagnosis: DiagnosisBody = JSON.parse(looked.stdout);
  expect([looked.code, diagnosis.targets.find(({ name }) => name === "documents")?.status]).toEqual(
    [0, "ok"],
  );
});

it("what cannot be taken over is told, and the exit code says so", async () => {
  const { code, stdout } = await runCli(["doctor", "-"], {
    stdin: "DATASOURCE_TYPE=AzureSqlServer\nAZURE_OPENAI_MODEL=gpt-4o\n",
  });
  expect(code).toBe(1);
  expect(stdout).toContain("AzureSqlServer has no counterpart");
});

it("settings that would not load are told instead of printed", async () => {
  const { code, stdout, stderr } = await runCli(["doctor", "-"], {
    stdin: settings.replace(host.url, "es.example.com"),
  });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/endpoint: Input should be a valid URL/u);
});
