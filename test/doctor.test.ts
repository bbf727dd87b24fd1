import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { KIT_INDEX, KIT_SEMANTIC } from "../src/testing/azure-search-host/kit-index.ts";
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  streamOf,
} from "../src/testing/scripted-upstream.ts";
import type {
  CheckBody,
  DiagnosedBody,
  DiagnosisBody,
  DiagnosisEvent,
} from "../src/protocol/diagnosis.ts";
import { type AzureSearchStand, startAzureSearchStand } from "./support/azure-search.ts";
import { type CliResult, runCli } from "./support/cli.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const SECRETS = [
  "the-operators-search-key",
  "a-key-nobody-gave-out",
  "the-admins-key",
  "model-key-1",
];
const [SEARCH_KEY = "", WRONG_KEY = "", ADMIN_KEY = ""] = SECRETS;

let stand: AzureSearchStand;
let model: ScriptedUpstream;
let server: TestServer;
let environment: Record<string, string>;
beforeAll(async () => {
  model = await startScriptedUpstream();
  stand = await startAzureSearchStand({
    answerers: ["plain"],
    configuration: ({ search }) => {
      const source = (name: string, more = "", key = "${SEARCH_KEY}") => `
  ${name}:
    type: azure_search
    parameters:
      endpoint: ${search.url}
      authentication: { type: api_key, key: "${key}" }
      ${more}`;
      return `
  gpt-4o: { upstreams: [{ type: openai, base_url: "${model.baseUrl}", api_key: model-key-1 }] }
keys: [{ name: app, key: the-apps-key }, { name: ops, key: ${ADMIN_KEY}, scopes: [admin] }]
sources:${source(
        "policies",
        `index_name: ${KIT_INDEX}
      query_type: vector_semantic_hybrid
      semantic_configuration: ${KIT_SEMANTIC}
      embedding_dependency: { type: deployment_name, deployment_name: embedder }`,
      )}${source("wrong_key", `index_name: ${KIT_INDEX}`, WRONG_KEY)}${source(
        "wrong_index",
        "index_name: handbok",
      )}${source(
        "wrong_field",
        `index_name: ${KIT_INDEX}
      fields_mapping: { content_fields: [body] }`,
      )}${source(
        "wrong_model",
        `index_name: ${KIT_INDEX}
      query_type: vector
      embedding_dependency: { type: deployment_name, deployment_name: embedder, dimensions: 7 }`,
      )}${source(
        "no_embedding",
        `index_name: ${KIT_INDEX}
      query_type: vector
      embedding_dependency: { type: deployment_name, deployment_name: plain }`,
      )}
  no_host:
    type: elasticsearch
    parameters: { endpoint: "https://no-such-host.invalid", index_name: a, authentication: { type: encoded_api_key, encoded_api_key: YTpi } }
  no_store: { type: file_search, parameters: { vector_store_id: vs_nothing } }
`;
    },
  });
  stand.search.queryKey = SEARCH_KEY;
  environment = { GROUNDWIRE_CONFIG: stand.environment["GROUNDWIRE_CONFIG"] ?? "", SEARCH_KEY };
  server = await startTestServer(environment);
});
afterAll(async () => {
  for (const open of [server, model, stand]) await open[Symbol.asyncDispose]();
});

async function diagnose(body: object = {}): Promise<DiagnosisBody> {
  const { status, text, json } = await server.call("POST", "/groundwire/doctor", body, {
    "api-key": ADMIN_KEY,
  });
  expect(status).toBe(200);
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  return json;
}
const targetOf = ({ targets }: DiagnosisBody, name: string): DiagnosedBody => {
  const found = targets.find((target) => target.name === name);
  if (found === undefined) throw new Error(`nothing was said of ${name}`);
  return found;
};
const outline = ({ checks }: DiagnosedBody): string[] =>
  checks.map(({ name, status }) => `${name} ${status}`);
const failures = ({ checks }: DiagnosedBody): CheckBody[] =>
  checks.filter(({ status }) => status === "failed");

describe("what is configured", () => {
  let diagnosis: DiagnosisBody;
  beforeAll(async () => {
    model.next(streamOf(["ready"], { model: "gpt-4o-2024-08-06" }));
    diagnosis = await diagnose();
  });

  it("is looked at piece by piece: a source that works, from the network to a search", () => {
    const { status, checks } = targetOf(diagnosis, "policies");
    expect(status).toBe("ok");
    expect(checks.map(({ name }) => name)).toEqual([
      "reachable",
      "tls",
      "authenticated",
      "permitted",
      "index",
      "fields",
      "embedding",
      "dimensions",
      "query",
    ]);
    const details = Object.fromEntries(checks.map(({ name, detail }) => [name, detail]));
    expect(details).toMatchObject({
      reachable: expect.stringMatching(/^localhost:\d+ \(127\.0\.0\.1:\d+\)$/u),
      tls: expect.stringMatching(/TLSv1\.3, certificate until/u),
      fields: expect.stringContaining("content: content; title: title; url: url"),
      embedding: "the deployment 'embedder' gives 32 dimensions",
      dimensions: "32, as the index has",
      query: expect.stringMatching(/^3 found; .*content, title, url, filepath$/u),
    });
  });

  it.each([
    ["wrong_key", "authenticated", /a query key of this service suffices/u],
    ["wrong_index", "index", /Check 'index_name'/u],
    ["wrong_field", "fields", /Name the fields in 'fields_mapping'/u],
    ["wrong_model", "dimensions", /Name in 'embedding_dependency' the model/u],
    ["no_embedding", "embedding", /Name one with an embedding model/u],
    ["no_host", "reachable", /Check its spelling/u],
    ["no_store", "index", /groundwire ingest/u],
  ])("that is broken has one failure and one next step: %s", (name, check, step) => {
    const target = targetOf(diagnosis, name);
    const [failure, ...others] = failures(target);
    expect(target.status).toBe("failed");
    expect(failure).toMatchObject({ name: check, next_step: expect.stringMatching(step) });
    expect(others).toEqual([]);
    const after = target.checks.slice(target.checks.findIndex((one) => one.name === check) + 1);
    for (const { name: later, status } of after) {
      // Whether there is a model that embeds does not depend on the index.
      if (later !== "embedding") expect([later, status]).toEqual([later, "skipped"]);
    }
  });

  it("answers: every model that chats, and every one that embeds", () => {
    expect(targetOf(diagnosis, "gpt-4o").checks.at(-1)?.detail).toBe(
      "answers as 'gpt-4o-2024-08-06'",
    );
    expect(targetOf(diagnosis, "embedder").checks.at(-1)?.detail).toBe("embeds, 32 dimensions");
    expect(targetOf(diagnosis, "plain").kind).toBe("embedding");
  });

  it("runs on a machine with a folder, room and a sandbox", () => {
    const { checks } = targetOf(diagnosis, "server");
    expect(checks.map(({ name }) => name)).toEqual([
      "configuration",
      "storage",
      "disk",
      "code_interpreter",
    ]);
    expect(checks.at(-1)?.detail).toMatch(/^Code interpreter: /u);
  });

  it("is told bit by bit to who asks for a stream: first what there is, in the end all of it", async () => {
    model.next(streamOf(["ready"], { model: "gpt-4o-2024-08-06" }));
    const { text, headers } = await server.call(
      "POST",
      "/groundwire/doctor",
      { stream: true },
      { "api-key": ADMIN_KEY },
    );
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    const data = text.split("\n\n").flatMap((event) => event.slice("data: ".length) || []);
    expect(data.pop()).toBe("[DONE]");
    const [started, ...events] = data.map((one) => JSON.parse(one) as DiagnosisEvent);
    const whole = events.pop();
    if (started?.object !== "groundwire.diagnosis.started" || !whole || !("status" in whole))
      throw new Error("begins and ends otherwise");
    expect(started.targets).toEqual(
      whole.targets.map(({ kind, name, type }) => ({ kind, name, type })),
    );
    const told: DiagnosedBody[] = [];
    for (const event of events)
      if (event.object === "groundwire.diagnosis.target") told[event.index] = event.target;
    expect(told).toEqual(whole.targets);
    expect(events).toHaveLength(whole.targets.length);
    expect(whole.targets.map(({ name }) => name)).toEqual(
      diagnosis.targets.map(({ name }) => name),
    );
  });

  it("ends when who asked for a stream is gone", async () => {
    const asked = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    model.next((reply) => {
      asked.resolve();
      reply.once("close", ended.resolve);
    });
    const gone = new AbortController();
    const { body } = await fetch(`${server.url}/groundwire/doctor`, {
      method: "POST",
      headers: { "api-key": ADMIN_KEY, "content-type": "application/json" },
      body: JSON.stringify({ stream: true }),
      signal: gone.signal,
    });
    await body?.getReader().read();
    await asked.promise;
    gone.abort();
    await ended.promise;
  });

  it("is told to operators only", async () => {
    const { status } = await server.call(
      "POST",
      "/groundwire/doctor",
      {},
      { "api-key": "the-apps-key" },
    );
    expect(status).toBe(403);
    expect((await server.call("POST", "/groundwire/doctor", {})).status).toBe(401);
  });
});

describe("a model's server", () => {
  it("that refuses the key has one failure, at the key", async () => {
    model.next((reply) => reply.writeHead(401).end('{"error":{"message":"no model-key-1"}}'));
    const target = targetOf(await diagnose(), "gpt-4o");
    expect(outline(target)).toEqual([
      "reachable ok",
      "tls skipped",
      "authenticated failed",
      "model skipped",
      "answer skipped",
    ]);
  });

  it("that does not know the model has one failure, at the model", async () => {
    model.next((reply) => reply.writeHead(404).end('{"error":{"message":"no such model"}}'));
    const [failure, ...others] = failures(targetOf(await diagnose(), "gpt-4o"));
    expect([failure?.name, others]).toEqual(["model", []]);
  });
});

describe("a pasted request", () => {
  const request = (more: object = {}, parameters: object = {}) => ({
    model: "plain",
    messages: [{ role: "user", content: "How many days of annual leave do employees get?" }],
    data_sources: [
      {
        type: "azure_search",
        parameters: {
          endpoint: stand.search.url,
          index_name: KIT_INDEX,
          authentication: { type: "api_key", key: SEARCH_KEY },
          ...parameters,
        },
      },
    ],
    ...more,
  });

  it("is read as chat reads it, and each of its sources is asked its own question", async () => {
    const diagnosis = await diagnose({ request: request() });
    expect(diagnosis.status).toBe("ok");
    expect(diagnosis.targets.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "request request",
      "deployment plain",
      "source data_sources[0]",
    ]);
    expect(stand.search.calls.at(-1)?.body.search).toMatch(/annual leave/u);
  });

  it("that needs tolerance is told what was tolerated", async () => {
    const { type, parameters } = request().data_sources[0] ?? {};
    const camel = { type: "AzureCognitiveSearch", parameters: { ...parameters, topNDocuments: 3 } };
    const target = targetOf(
      await diagnose({ request: request({ dataSources: [camel], data_sources: undefined }) }),
      "request",
    );
    expect(type).toBe("azure_search");
    expect(target.checks[0]).toMatchObject({
      name: "shape",
      status: "warning",
      detail: expect.stringContaining("'dataSources' read as 'data_sources'"),
    });
  });

  it("that is wrong is told in the words chat has for it", async () => {
    const diagnosis = await diagnose({ request: request({}, { index_name: undefined }) });
    expect(diagnosis.targets).toHaveLength(1);
    expect(failures(targetOf(diagnosis, "request"))[0]?.detail).toContain(
      "#/data_sources/0/azure_search/parameters/index_name: Field required",
    );
  });

  it("with a host this server may not reach is told how it may", async () => {
    const endpoint = "https://10.1.2.3:9243";
    const source = targetOf(
      await diagnose({ request: request({}, { endpoint }) }),
      "data_sources[0]",
    );
    expect(failures(source)[0]).toMatchObject({
      name: "reachable",
      next_step: expect.stringContaining("GROUNDWIRE_ALLOW_HOSTS=10.1.2.3:9243"),
    });
  });
});

describe("groundwire doctor", () => {
  const run = (
    args: string[],
    {
      dataDir = server.dataDir,
      stdin = "",
      more = {},
    }: { dataDir?: string; stdin?: string; more?: Record<string, string> } = {},
  ): Promise<CliResult> =>
    runCli(["doctor", ...args], {
      environment: { GROUNDWIRE_DATA_DIR: dataDir, ...environment, ...more },
      stdin,
    });

  it("looks at the configuration while a server holds the data folder, and disturbs nobody", async () => {
    const { code, stdout } = await run([]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/source wrong_index \(azure_search\)\n/u);
    expect(stdout).toMatch(/→ Check its spelling/u);
    expect(stdout).toMatch(/the running server holds them; ask it, with --url/u);
    for (const secret of SECRETS) expect(stdout).not.toContain(secret);
    expect((await server.call("GET", "/readyz")).status).toBe(200);
  });

  it("prints JSON, of a request on standard input, and makes no folder", async () => {
    const request = { model: "plain", messages: [{ role: "user", content: "hi" }] };
    const dataDir = join(tmpdir(), "groundwire-no-such-folder");
    const stdin = JSON.stringify(request);
    const { code, stdout } = await run(["-", "--json"], { stdin, dataDir });
    const diagnosis: DiagnosisBody = JSON.parse(stdout);
    expect([code, diagnosis.status]).toEqual([0, "warning"]);
    expect(targetOf(diagnosis, "request").checks[0]?.detail).toContain("nothing is searched");
    expect(existsSync(dataDir)).toBe(false);
  });

  it("asks a running server, with a file", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "groundwire-doctor-")), "request.json");
    const source = { type: "named", parameters: { name: "wrong_index" } };
    await writeFile(
      file,
      JSON.stringify({
        model: "plain",
        messages: [{ role: "user", content: "hi" }],
        data_sources: [source],
      }),
    );
    const { code, stdout } = await run([file, "--url", server.url, "--key", ADMIN_KEY]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/source data_sources\[0\] \(azure_search\)/u);
    expect(stdout).toMatch(/ index +FAILED/u);
  });

  it("tells a configuration that cannot be loaded as its finding", async () => {
    const { code, stdout } = await run([], { more: { SEARCH_KEY: "" } });
    expect(code).toBe(1);
    expect(stdout).toMatch(/configuration +FAILED .*SEARCH_KEY is not set/u);
  });

  it("refuses what is no request", async () => {
    const { code, stderr } = await run(["-"], { stdin: "[1, 2" });
    expect([code, stderr]).toEqual([2, expect.stringContaining("no JSON object")]);
  });
});
