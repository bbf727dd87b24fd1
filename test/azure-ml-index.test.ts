import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  EXAMPLE_INDEX,
  type AzureSearchStand,
  startAzureSearchStand,
} from "./support/azure-search.ts";
import { KIT_INDEX, KIT_SEMANTIC } from "../src/testing/azure-search-host/kit-index.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const PROJECT =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

let stand: AzureSearchStand;
let folder: string;
let server: TestServer;
beforeAll(async () => {
  stand = await startAzureSearchStand({ answerers: ["plain"] });
  stand.search.tokens.set("token-of-the-caller", "documents");
  folder = await mkdtemp(join(tmpdir(), "groundwire-ml-"));
  const { GROUNDWIRE_CONFIG = "" } = stand.environment;
  const base = await readFile(GROUNDWIRE_CONFIG, "utf8");
  // The store is made before its id can stand in the configuration.
  await using before = await startTestServer({ GROUNDWIRE_DATA_DIR: folder });
  const store = await before.storeOf({ "berths.md": "# Berths\n\nBerth 7 is for the crane." });
  await before[Symbol.asyncDispose]();
  const config = join(folder, "groundwire.yaml");
  const index = (name: string) => `
      index: { kind: acs, endpoint: "${stand.search.url}", index: ${name}, connection: { id: /w/connections/search }, semantic_configuration_name: ${KIT_SEMANTIC} }`;
  await writeFile(
    config,
    `${base}
ml_indexes:
  - project_resource_id: ${PROJECT}
    name: handbook
    version: 9
    embedding_deployment: embedder
    connections: { search: { type: api_key, key: ${stand.search.adminKey} } }
    mlindex:
      embeddings: { kind: open_ai, model: words }${index(EXAMPLE_INDEX)}
  - project_resource_id: ${PROJECT}
    name: handbook
    version: 10
    embedding_deployment: embedder
    mlindex:
      embeddings: { kind: open_ai, model: words }${index(KIT_INDEX)}
  - project_resource_id: ${PROJECT}
    name: berths
    version: "1"
    vector_store_id: ${store}
    mlindex: { embeddings: { kind: hugging_face }, index: { kind: faiss } }
`,
  );
  server = await startTestServer({ GROUNDWIRE_CONFIG: config, GROUNDWIRE_DATA_DIR: folder });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stand[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const ask = (question: string, more: object) =>
  server.call("POST", "/openai/deployments/plain/chat/completions?api-version=2024-05-01-preview", {
    messages: [{ role: "user", content: question }],
    data_sources: [
      {
        type: "azure_ml_index",
        parameters: {
          project_resource_id: `${PROJECT.toUpperCase()}/`,
          name: "handbook",
          version: "latest",
          authentication: { type: "access_token", access_token: "token-of-the-caller" },
          ...more,
        },
      },
    ],
  });

const LEAVE = "How many days of annual leave do employees get?";

describe("an index of Azure Machine Learning", () => {
  it("is the newest version, let in by the request's token, by words, vectors and the semantic ranker", async () => {
    const { json } = await ask(LEAVE, {});
    expect(json.choices[0].message.content).toMatch(/thirty days.*\[doc1\]/su);
    const call = stand.search.calls.at(-1);
    expect(call?.headers.authorization).toBe("Bearer token-of-the-caller");
    expect(call?.body).toMatchObject({
      queryType: "semantic",
      vectorQueries: [{ kind: "vector" }],
    });
  });

  it("is another version, let in by the key of its connection", async () => {
    const { json } = await ask("What is new in renewable energy?", { version: "9" });
    expect(json.choices[0].message.content).toContain("turbines");
    expect(stand.search.calls.at(-1)?.headers["api-key"]).toBe(stand.search.adminKey);
  });

  it("is searched within the request's filter", async () => {
    const { text } = await ask(LEAVE, { filter: "title eq 'Printers'" });
    expect(text).not.toContain("thirty days");
  });

  it("in files is the vector store that holds its documents, and takes no filter", async () => {
    const berths = { name: "berths", version: "1" };
    const { json } = await ask("What is berth 7 for?", berths);
    expect(json.choices[0].message.content).toContain("Berth 7 is for the crane");
    const refused = await ask("What is berth 7 for?", { ...berths, filter: "a eq 1" });
    expect([refused.status, refused.json.error.message]).toEqual([
      400,
      "Validation error at #/data_sources/0/azure_ml_index/parameters/filter: index 'berths' is none of Azure AI Search, so it takes no filter",
    ]);
  });

  it("that is not configured is refused with those that are", async () => {
    const { status, json } = await ask(LEAVE, { version: "11" });
    expect(status).toBe(400);
    expect(json.error.message).toMatch(
      /parameters\/name: index 'handbook' version '11'.*'ml_indexes'.*'handbook' version '9', 'handbook' version '10', 'berths' version '1'/u,
    );
  });
});
