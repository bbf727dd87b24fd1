import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, expect } from "vitest";

import {
  type ScriptedUpstream,
  startScriptedUpstream,
} from "../../../src/testing/scripted-upstream.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import { createSpecValidator } from "./spec-validator.ts";
import { readSpecDocuments, SPEC_FOLDER } from "./spec-documents.ts";
import { writeTally } from "./tally.ts";

/** The real server with a scripted model behind it, and a recorder of what clients saw of it. */
export interface Stand {
  server: TestServer;
  model: ScriptedUpstream;
  recorder: Recorder;
}

export const KEY = "conformance-secret";
/** Deployments: three of the scripted model, of which one is soon given up, and one answered by the built-in answerer. */
export const CHAT = "gpt-4o";
export const EMBEDDINGS = "text-embedding-3-small";
export const IMPATIENT = "impatient";
export const BUILT_IN = "library";

const configuration = (modelUrl: string): string => `
keys: [{ name: conformance, key: ${KEY} }]
deployments:
  ${CHAT}: { retries: 0, upstreams: [{ type: openai, base_url: "${modelUrl}", model: ${CHAT} }] }
  ${EMBEDDINGS}: { retries: 0, upstreams: [{ type: openai, base_url: "${modelUrl}" }] }
  ${IMPATIENT}: { retries: 0, upstreams: [{ type: openai, base_url: "${modelUrl}", idle_seconds: 0.3 }] }
  ${BUILT_IN}: {}
`;

/**
 * One stand for a test file. When its tests are over, everything its clients have seen is checked against the published
 * documents, where those are at hand.
 */
export function useStand(): Stand {
  const stand = { recorder: createRecorder() } as Stand; // completed before the first test runs
  let folder = "";
  beforeAll(async () => {
    stand.model = await startScriptedUpstream();
    folder = await mkdtemp(join(tmpdir(), "groundwire-conformance-"));
    const path = join(folder, "groundwire.yaml");
    await writeFile(path, configuration(stand.model.baseUrl));
    stand.server = await startTestServer({ GROUNDWIRE_CONFIG: path });
  });
  afterAll(async () => {
    const served = await stand.server.call("GET", "/openapi.json");
    await stand.server[Symbol.asyncDispose]();
    await stand.model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    await conform(stand.recorder, Object.entries(served.json.paths));
  }, 60_000);
  return stand;
}

/** A vector store with one file, ready to be searched; answers its id. */
export async function storeOf({ server }: Stand, filename: string, text: string): Promise<string> {
  const client = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: KEY });
  const store = await client.vectorStores.create({ name: filename });
  await client.vectorStores.files.uploadAndPoll(store.id, new File([text], filename));
  return store.id;
}

async function conform(recorder: Recorder, paths: [string, object][]): Promise<void> {
  const exchanges = await recorder.exchanges();
  const served = paths.flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const validator = SPEC_FOLDER
    ? createSpecValidator(await readSpecDocuments(SPEC_FOLDER))
    : { verdictsOn: () => [] };
  const checked = exchanges.map((exchange) => ({
    exchange,
    verdicts: validator.verdictsOn(exchange),
  }));
  await writeTally({ served, checked });
  const violations = new Map<string, string>();
  for (const { exchange, verdicts } of checked) {
    for (const { document, endpoint, violations: found } of verdicts) {
      for (const { problem, sample } of found) {
        const key = `${endpoint} ${exchange.status}, ${document}: ${problem}`;
        if (!violations.has(key)) violations.set(key, `${exchange.client} got ${sample}`);
      }
    }
  }
  expect(Object.fromEntries(violations)).toEqual({});
}
