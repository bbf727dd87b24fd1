import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { KIT_SEMANTIC } from "../../src/testing/azure-search-host/kit-index.ts";
import { startManagedIdentityHost } from "../../src/testing/managed-identity-host.ts";
import { startScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { EXAMPLE_INDEX, startAzureSearchStand } from "../support/azure-search.ts";
import { requirePython, runPython } from "../support/python.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

/** Folder with the guide; without it the guide's own code cannot be run here. */
const SEEDS = process.env["GROUNDWIRE_TEST_SEEDS"];
const SAMPLE_PDF = new URL("../../samples/it-security.pdf", import.meta.url);

/** The Python blocks of a document, in order, without their indentation. */
function pythonBlocks(text: string): string[] {
  return [...text.matchAll(/^( *)```python\n([\s\S]*?)^\s*```/gmu)].map(
    ([, indent = "", code = ""]) =>
      code
        .split("\n")
        .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
        .join("\n"),
  );
}

let server: TestServer;
let folder: string;
let blocks: string[];
beforeAll(async () => {
  await requirePython();
  server = await startTestServer();
  folder = await mkdtemp(join(tmpdir(), "groundwire-guide-"));
  await writeFile(join(folder, "mydocument.pdf"), await readFile(SAMPLE_PDF));
  blocks = SEEDS
    ? pythonBlocks(await readFile(join(SEEDS, "guide-o1-chat-application.txt"), "utf8"))
    : [];
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Blocks that some test has run. */
const run = new Set<string>();

/** The first block that holds this text. */
function blockWith(text: string): string {
  const found = blocks.find((block) => block.includes(text)) ?? "";
  expect(found).not.toBe("");
  run.add(found);
  return found;
}

function filledIn(code: string, storeId = "", url = server.url): string {
  return code
    .replace('"https://your-resource-name.openai.azure.com/openai"', `"${url}/openai"`)
    .replace("YOUR_API_KEY", "any-key")
    .replace("YOUR_O1_MODEL_DEPLOYMENT_ID", "my-o1")
    .replace("YOUR_VECTOR_STORE_ID", storeId);
}

/** What the guide leaves to the reader. */
const SEND = `
url = f"{ENDPOINT}/deployments/my-o1/chat/completions?api-version={API_VERSION}"
print(json.dumps(requests.post(url, headers=HEADERS, json=data).json()))
`;

/** The guide's own instruction. */
const SUMMARISE = `"Open the file 'data.csv' using the \`code_interpreter\` to summarize its contents."`;

const CONSTANTS = `
ENDPOINT = "URL/openai"
API_VERSION = "2024-12-01-preview"
HEADERS = {"Content-Type": "application/json", "api-key": "any-key"}
`;

describe.runIf(SEEDS)("the guide's code, as it stands in the guide", () => {
  it("Method 1: creates a store, uploads a PDF, attaches it, asks and streams", async () => {
    const steps = [
      CONSTANTS.replace("URL", server.url),
      blockWith('"name": "document-store"'),
      blockWith('"purpose": "file-search"'),
      blockWith('"file_id": file_id'),
      "print(vector_store_id)",
    ].join("\n");
    const storeId = (await runPython(steps, {}, { folder })).trim();
    expect(storeId).toMatch(/^vs_/u);

    const whole = filledIn(blockWith("What are the key features of this product?"), storeId);
    const printed = await runPython(
      whole.replace("What are the key features of this product?", "How long must a password be?"),
      {},
    );
    const answer = JSON.parse(printed) as {
      choices: { message: { content: string; context: { citations: unknown[] } } }[];
    };
    expect(answer.choices[0]?.message.content).toMatch(/\[doc\d\]/u);
    expect(answer.choices[0]?.message.context.citations.length).toBeGreaterThan(0);
    expect(await runPython(whole, {})).not.toContain("An error occurred");

    const stream = blockWith("Tell me more about the company's history.");
    const constants = `${CONSTANTS.replace("URL", server.url)}\nDEPLOYMENT_ID = "my-o1"\nVECTOR_STORE_ID = "${storeId}"\n`;
    const streamed = await runPython(
      constants +
        stream.replace("Tell me more about the company's history.", "How long must a password be?"),
      {},
    );
    expect(streamed).toMatch(/\[doc\d\]/u);
    expect(streamed).not.toContain("None");
  });

  it("the basic chat, whole and streamed, gets a text", async () => {
    const printed = await runPython(
      filledIn(blockWith("What is the highest mountain in the world?")),
      {},
    );
    expect(printed).toMatch(/Assistant: \S/u);
    const constants = `${CONSTANTS.replace("URL", server.url)}\nDEPLOYMENT_ID = "my-o1"\n`;
    const streamed = await runPython(
      constants + blockWith("Explain the concept of artificial intelligence to me."),
      {},
    );
    expect(streamed.length).toBeGreaterThan(20);
  });

  it("Method 1, step 4: data source, tool and tool resources that name one store three times", async () => {
    const text = "# Passwords\n\nA password has at least 14 characters.";
    const storeId = await server.storeOf({ "security.md": text });
    const program = [
      CONSTANTS.replace("URL", server.url),
      "import json, requests",
      `vector_store_id = "${storeId}"`,
      blockWith('"max_completion_tokens": 512').replace(
        "# ... your messages",
        '{"role": "user", "content": "How many characters has a password at least?"}',
      ),
      SEND,
    ].join("\n");
    const answer = JSON.parse(await runPython(program, {}));
    expect(answer.choices[0].message.content).toContain("14 characters");
    expect(answer.choices[0].finish_reason).toBe("stop");
  });

  it("tools: the function is called, and its result sent back without the call, as the guide does", async () => {
    await using upstream = await startScriptedUpstream();
    const whole = (message: object, finish_reason: string) => (reply: ServerResponse) => {
      reply.writeHead(200, { "content-type": "application/json" });
      const choices = [{ index: 0, message: { role: "assistant", ...message }, finish_reason }];
      reply.end(JSON.stringify({ id: "c", object: "chat.completion", model: "o1", choices }));
    };
    const called = { name: "get_current_weather", arguments: '{"location": "London"}' };
    const call = { id: "call_1", type: "function", function: called };
    upstream.next(whole({ content: "Mount Everest." }, "stop"));
    upstream.next(whole({ content: null, tool_calls: [call] }, "tool_calls"));
    upstream.next(whole({ content: null, tool_calls: [call] }, "tool_calls"));
    upstream.next(whole({ content: "22 degrees and sunny." }, "stop"));
    await using own = await startTestServer({ OPENAI_BASE_URL: upstream.baseUrl });
    const program = [
      filledIn(blockWith("What is the highest mountain in the world?"), "", own.url),
      blockWith("def get_current_weather"),
      'print(requests.post(CHAT_COMPLETIONS_URL, headers=HEADERS, json=data).json()["choices"][0]["finish_reason"])',
      blockWith('if choice["finish_reason"] == "tool_calls"'),
    ].join("\n");
    const printed = await runPython(program, {});
    expect(printed).toMatch(/\ntool_calls\n22 degrees and sunny\.\n$/u);
    expect(upstream.calls[1]?.body.tools[0].function.name).toBe("get_current_weather");
    expect(upstream.calls[3]?.body.messages.slice(-2)).toMatchObject([
      { role: "assistant", tool_calls: [{ id: "call_1", function: { name: called.name } }] },
      { role: "tool", tool_call_id: "call_1", content: expect.stringContaining("22 degrees") },
    ]);
  });

  it("Azure AI Search: grounds the answer in the index, and cites it", async () => {
    await using stand = await startAzureSearchStand({ answerers: ["my-o1"] });
    await using own = await startTestServer(stand.environment);
    const sources = blockWith('"index_name": "YOUR_AZURE_SEARCH_INDEX_NAME"')
      .replace("YOUR_AZURE_SEARCH_ENDPOINT", stand.search.url)
      .replace("YOUR_AZURE_SEARCH_INDEX_NAME", EXAMPLE_INDEX)
      .replace("YOUR_SEMANTIC_CONFIG_NAME", KIT_SEMANTIC)
      .replace("YOUR_EMBEDDING_MODEL_DEPLOYMENT_ID", "embedder")
      .replace("YOUR_AZURE_SEARCH_ADMIN_KEY", stand.search.adminKey);
    const program = [
      CONSTANTS.replace("URL", own.url),
      "import json, requests",
      sources,
      SEND,
    ].join("\n");
    const { message } = JSON.parse(await runPython(program, {})).choices[0];
    expect(message.content).toMatch(/turbines that float on the sea.*\[doc1\]/su);
    expect(message.context.citations[0]).toMatchObject({ filepath: "0.md" });
  });

  it("Method 3: the code interpreter summarises the file, and draws it", async () => {
    const fileId = await server.upload("data.csv", "month,visitors\n1,310\n2,280\n3,95\n");
    const program = [
      CONSTANTS.replace("URL", server.url),
      "import json, requests",
      `data = {${blockWith('"type": "code_interpreter"').trimEnd()}, "messages": [{"role": "user", "content": ${SUMMARISE}}]}`.replace(
        "file-...",
        fileId,
      ),
      SEND,
    ].join("\n");
    const { choices } = JSON.parse(await runPython(program, {}));
    const { content } = choices[0].message;
    expect(content).toMatch(/3 rows and 2 columns[\s\S]*visitors \| integer/u);
    const [path] = /\/openai\/v1\/files\/[\w-]+\/content/u.exec(content) ?? [];
    const chart = await fetch(server.url + path);
    expect(chart.headers.get("content-type")).toMatch(/^image\//u);
  });

  it("has no block that was not run", () => {
    expect(blocks.filter((block) => !run.has(block))).toEqual([]);
    expect(blocks.length).toBeGreaterThan(10);
  });
});

describe.runIf(SEEDS)(
  "the API reference's sample, with tokens as Azure's own library gets them",
  () => {
    it("is signed in, and answered from an index that lets the server in by its identity", async () => {
      await using identity = await startManagedIdentityHost("app service");
      await using stand = await startAzureSearchStand({
        answerers: ["turbo"],
        configuration: ({ search }) =>
          `identities: [{ hosts: [localhost], type: api_key, key: ${search.queryKey} }]`,
      });
      await using own = await startTestServer(stand.environment);
      const page = await readFile(join(SEEDS ?? "", "on-your-data-api-reference.txt"), "utf8");
      const sample = page.slice(page.indexOf("import os\n"));
      const printed = await runPython(sample, {
        AzureOpenAIEndpoint: own.url,
        ChatCompletionsDeploymentName: "turbo",
        SearchEndpoint: stand.search.url,
        SearchIndex: EXAMPLE_INDEX,
        AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
        ...identity.environment,
      });
      const { message } = JSON.parse(printed).choices[0];
      expect(message.content).toMatch(/opinion mining service is Ada Park.*\[doc1\]/su);
      expect(message.context.citations).not.toEqual([]);
    });
  },
);
