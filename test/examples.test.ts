import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, it } from "vitest";

import { startScriptedUpstream, streamOf } from "../src/testing/scripted-upstream.ts";
import {
  type AzureSearchStand,
  EXAMPLE_INDEX,
  startAzureSearchStand,
} from "./support/azure-search.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const EXAMPLES = globSync("{guide,api-reference}/*.ts", { cwd: join(root, "examples") }).toSorted();

interface Expectation {
  prints: RegExp;
  args?: string[];
  /** 0 unless said otherwise. */
  code?: number;
  /** Needs a search service, which lets this server in by a key in place of its managed identity. */
  searches?: boolean;
  /** A model that answers so, one call after the other; without: the built-in answerer. */
  model?: ((reply: ServerResponse) => void)[];
}

const whole =
  (message: object) =>
  (reply: ServerResponse): void => {
    reply.writeHead(200, { "content-type": "application/json" });
    const choices = [
      { index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" },
    ];
    reply.end(
      JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "o1", choices }),
    );
  };
const call = {
  id: "call_1",
  type: "function",
  function: { name: "get_current_weather", arguments: '{"location":"London"}' },
};

/** What each example prints. Those whose part of the server does not exist yet print its clear error. */
const EXPECTED: Record<string, Expectation> = {
  "guide/01-chat.ts": {
    prints: /^Mount Everest\.$/mu,
    model: [whole({ content: "Mount Everest." })],
  },
  "guide/02-streaming.ts": {
    prints: /^Machines that learn\.$/mu,
    model: [streamOf(["Machines ", "that learn."])],
  },
  "guide/03-azure-search.ts": {
    prints: /turbines that float on the sea[\s\S]*\[doc1\][\s\S]*filepath: '0\.md'/u,
    searches: true,
  },
  "guide/04-function-tool.ts": {
    prints: /^get_current_weather \{"location":"London"\}$/mu,
    model: [whole({ content: null, tool_calls: [call] })],
  },
  "guide/05-tool-loop.ts": {
    prints: /^22 degrees and sunny\.$/mu,
    model: [
      whole({ content: null, tool_calls: [call] }),
      whole({ content: "22 degrees and sunny." }),
    ],
  },
  "guide/06-vector-store.ts": { prints: /^vs_\w+ it-security\.pdf completed$/mu },
  "guide/07-file-search.ts": { prints: /\b\d\d days[\s\S]*\[1: handbook\.md\]/u },
  "guide/08-file-search-streaming.ts": { prints: /^from \d passages:\n[\s\S]*\[doc1\]/u },
  "guide/09-code-interpreter.ts": {
    prints:
      /2 rows and 2 columns[\s\S]*visitors[\s\S]*\/files\/file-\w+\/content[\s\S]*(?:figure-1\.png|chart\.svg) \d+ bytes assistants_output/u,
  },
  "guide/10-conversation.ts": { prints: /\[doc1\][\s\S]*4 messages/u },
  "guide/11-own-pipeline.ts": {
    prints: /14 characters/u,
    args: [join(root, "samples/it-security.pdf"), "How long must a password be?"],
  },
  "api-reference/grounded-history.ts": {
    prints: /opinion mining service is Ada Park[\s\S]*\[doc1\]/u,
    searches: true,
  },
};

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startTestServer({}, { samples: true });
  folder = await mkdtemp(join(tmpdir(), "groundwire-examples-"));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Running {
  url: string;
  args?: string[] | undefined;
  environment?: Record<string, string>;
}

async function run(
  example: string,
  { url, args = [], environment = {} }: Running,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, "examples", example), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], GROUNDWIRE_URL: url, ...environment },
  });
  let output = "";
  child.stdout.on("data", (text: Buffer) => (output += text.toString()));
  child.stderr.on("data", (text: Buffer) => (output += text.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** What the two examples call these. */
function searchEnvironment({ search }: AzureSearchStand): Record<string, string> {
  return {
    AZURE_SEARCH_ENDPOINT: search.url,
    AZURE_SEARCH_INDEX: EXAMPLE_INDEX,
    AZURE_SEARCH_KEY: search.adminKey,
    EMBEDDING_MODEL: "embedder",
    SearchEndpoint: search.url,
    SearchIndex: EXAMPLE_INDEX,
  };
}

it.each(EXAMPLES)("examples/%s runs and prints what it should", async (example) => {
  const {
    prints,
    code = 0,
    model,
    args,
    searches = false,
  } = EXPECTED[example] ?? { prints: /^an expectation is missing$/u };
  if (searches) {
    await using stand = await startAzureSearchStand({
      answerers: ["o1"],
      configuration: ({ search }) =>
        `identities: [{ hosts: [localhost], type: api_key, key: ${search.queryKey} }]`,
    });
    await using own = await startTestServer(stand.environment);
    const environment = searchEnvironment(stand);
    const result = await run(example, { url: own.url, environment });
    expect(result.output).toMatch(prints);
    expect(result.code).toBe(code);
    return;
  }
  if (model === undefined) {
    const result = await run(example, { url: server.url, args });
    expect(result.output).toMatch(prints);
    expect(result.code).toBe(code);
    return;
  }
  await using upstream = await startScriptedUpstream();
  for (const script of model) upstream.next(script);
  await using own = await startTestServer({ OPENAI_BASE_URL: upstream.baseUrl });
  const result = await run(example, { url: own.url });
  expect(result.output).toMatch(prints);
  expect(result.code).toBe(code);
  expect(upstream.calls).toHaveLength(model.length);
});
