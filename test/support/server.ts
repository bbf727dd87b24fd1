import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadSettings } from "../../src/config/load.ts";
import { startServer } from "../../src/server.ts";

export interface TestServer extends AsyncDisposable {
  url: string;
  dataDir: string;
  /** JSON in, JSON out; answers the status beside it. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Uploads bytes through the v1 route and answers the file id. */
  upload(filename: string, bytes: Uint8Array | string): Promise<string>;
  /** Creates a store holding these files and waits until each is settled; answers the store id. */
  storeOf(files: Record<string, Uint8Array | string>): Promise<string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: any;
}

/**
 * The real server on a free port with a data folder of its own; `environment` is what an operator would set.
 * It starts without the sample documents, as after a user has deleted them.
 */
export async function startTestServer(
  environment: Record<string, string> = {},
  { samples = false }: { samples?: boolean } = {},
): Promise<TestServer> {
  const dataDir =
    environment["GROUNDWIRE_DATA_DIR"] ?? (await mkdtemp(join(tmpdir(), "groundwire-test-")));
  if (!samples) await writeFile(join(dataDir, "samples.json"), "{}");
  const { settings } = loadSettings({
    PORT: "0",
    LOG_LEVEL: "silent",
    GROUNDWIRE_DATA_DIR: dataDir,
    ...environment,
  });
  const server = await startServer(settings);
  const { url } = server;

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  async function upload(filename: string, bytes: Uint8Array | string): Promise<string> {
    const form = new FormData();
    form.set("purpose", "assistants");
    form.set("file", new File([Buffer.from(bytes)], filename));
    const response = await fetch(`${url}/openai/v1/files`, { method: "POST", body: form });
    const file = (await response.json()) as { id: string };
    if (!response.ok)
      throw new Error(`upload of ${filename}: ${response.status} ${JSON.stringify(file)}`);
    return file.id;
  }

  async function storeOf(files: Record<string, Uint8Array | string>): Promise<string> {
    const store = await call("POST", "/openai/v1/vector_stores", { name: "test" });
    const fileIds: string[] = [];
    for (const [name, bytes] of Object.entries(files)) fileIds.push(await upload(name, bytes));
    const path = `/openai/v1/vector_stores/${store.json.id}/file_batches`;
    let batch = await call("POST", path, { file_ids: fileIds });
    while (batch.json.status === "in_progress")
      batch = await call("GET", `${path}/${batch.json.id}`);
    return store.json.id;
  }

  return {
    url,
    dataDir,
    call,
    upload,
    storeOf,
    async [Symbol.asyncDispose]() {
      await server.close();
      if (!environment["GROUNDWIRE_DATA_DIR"]) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
