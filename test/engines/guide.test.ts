import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

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

/** The one block that holds this text. */
function blockWith(text: string): string {
  const found = blocks.filter((block) => block.includes(text));
  expect(found.length).toBeGreaterThan(0);
  return found[0] ?? "";
}

function filledIn(code: string, storeId = ""): string {
  return code
    .replace('"https://your-resource-name.openai.azure.com/openai"', `"${server.url}/openai"`)
    .replace("YOUR_API_KEY", "any-key")
    .replace("YOUR_O1_MODEL_DEPLOYMENT_ID", "my-o1")
    .replace("YOUR_VECTOR_STORE_ID", storeId);
}

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
    const storeId = (await runPython(steps, {}, folder)).trim();
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
});
