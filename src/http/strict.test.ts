import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UNLIMITED } from "../auth/principal.ts";
import type { Deployment } from "../models/deployments.ts";
import { FAMILIES, familyOf } from "../models/families.ts";
import { answerWith, startTestApp, type TestApp } from "../testing/http-services.ts";

const MESSAGES = [{ role: "user", content: "How many days of leave?" }];
const KEY = { type: "api_key", key: "k" };
const SEARCH = {
  endpoint: "https://s.search.windows.net",
  index_name: "i",
  authentication: KEY,
};

/** The reasoning models of the tests are only refused, never asked. */
function resolve(name: string): Deployment {
  const family = FAMILIES[familyOf(name)];
  if (!family.isReasoning)
    return { kind: "extractive", dataSources: [], rerank: "default", rateLimits: UNLIMITED };
  const pool = {
    upstreams: [],
    run: async () => {
      throw new Error("the model was asked");
    },
  };
  const model = { id: name, family, generate: () => answerWith([]) };
  return {
    kind: "upstream",
    rerank: "default",
    name,
    model: model as Extract<Deployment, { kind: "upstream" }>["model"], // events of answers are events of models here
    pool: pool as unknown as Extract<Deployment, { kind: "upstream" }>["pool"], // not reached
    fallback: null,
    dataSources: [],
    rateLimits: UNLIMITED,
  };
}

let strict: TestApp;
let tolerant: TestApp;
beforeAll(async () => {
  const deployments = {
    resolve,
    list: async () => [],
    embeddings: null,
    embeddingModel: () => {
      throw new Error("nothing embeds here");
    },
    health: () => ({ upstreams: 0, available: 0 }),
    close: async () => {},
  };
  const answerer = {
    answer: () =>
      answerWith([
        { type: "citations", citations: [], retrieved: [] },
        { type: "text-delta", text: "answered" },
        { type: "finish", reason: "stop", model: "m" },
      ]),
  };
  strict = await startTestApp({ mode: "strict" }, { deployments, answerer });
  tolerant = await startTestApp({}, { deployments, answerer });
});
afterAll(async () => {
  await strict[Symbol.asyncDispose]();
  await tolerant[Symbol.asyncDispose]();
});

interface Target {
  version?: string;
  deployment?: string;
  app?: TestApp;
}

function chat(
  fields: Record<string, unknown>,
  { version = "2024-10-21", deployment = "gpt-4o", app = strict }: Target = {},
) {
  return app.post(`/openai/deployments/${deployment}/chat/completions?api-version=${version}`, {
    messages: MESSAGES,
    ...fields,
  });
}

const source = (parameters: object, type = "azure_search") => ({
  data_sources: [{ type, parameters }],
});

async function lines(fields: Record<string, unknown>, target: Target = {}): Promise<string[]> {
  const { status, json } = await chat(fields, target);
  expect([status, Object.keys(json.error)]).toEqual([400, ["requestid", "code", "message"]]);
  return json.error.message
    .split("\n")
    .map((line: string) => line.replace("Validation error at #/", ""));
}

const EXTRA = "Extra inputs are not permitted";
const AT = "data_sources/0/azure_search/parameters";

describe("data sources in strict mode", () => {
  test("an old name is refused with the recorded 194 bytes", async () => {
    const { index_name: indexName, ...rest } = SEARCH;
    for (const parameters of [
      { ...rest, indexName },
      { ...SEARCH, indexName },
    ]) {
      const { status, text, headers } = await chat(source(parameters));
      expect([status, Buffer.byteLength(text)]).toEqual([400, 194]);
      expect(text).toBe(
        `{"error": {"requestid": "${headers.get("apim-request-id")}", "code": 400, "message": "Validation error at #/${AT}/indexName: ${EXTRA}"}}`,
      );
      expect(headers.get("content-type")).toBe("application/json; charset=UTF-8");
    }
  });

  test("several strays are a line each", async () => {
    const strays = { project_resource_id: "p", embeddingEndpoint: "e" };
    expect(await lines(source({ ...SEARCH, ...strays }))).toEqual([
      `${AT}/project_resource_id: ${EXTRA}`,
      `${AT}/embeddingEndpoint: ${EXTRA}`,
    ]);
  });

  test("names inside parts are held to the schema too", async () => {
    const parameters = {
      ...SEARCH,
      authentication: { ...KEY, api_key: "k" },
      fields_mapping: { titleField: "t" },
      embedding_dependency: { type: "deployment_name", deploymentName: "ada" },
    };
    expect(await lines(source(parameters))).toEqual([
      `${AT}/fields_mapping/titleField: ${EXTRA}`,
      `${AT}/authentication/api_key: ${EXTRA}`,
      `${AT}/embedding_dependency/deploymentName: ${EXTRA}`,
    ]);
  });

  test("what the service never had is too much", async () => {
    expect(await lines(source({ ...SEARCH, api_version: "2024-07-01" }))).toEqual([
      `${AT}/api_version: ${EXTRA}`,
    ]);
  });

  test("what is missing is named once nothing is too much", async () => {
    expect(await lines(source({ authentication: KEY, index_name: "i" }))).toEqual([
      `${AT}/endpoint: Field required`,
    ]);
  });

  test("more than one source is refused", async () => {
    const { data_sources: one } = source(SEARCH);
    expect(await lines({ data_sources: [...one, ...one] })).toEqual([
      "data_sources: List should have at most 1 item after validation, not 2",
    ]);
  });

  test("nulls and empty strings are as absent as ever", async () => {
    const blanks = {
      semantic_configuration: "",
      filter: "",
      fields_mapping: { title_field: null },
    };
    const { status, json } = await chat(source({ ...SEARCH, ...blanks }));
    expect([status, json.choices?.[0].message.content]).toEqual([200, "answered"]);
  });

  test.each([
    ["azure_search", ["2024-02-01", "2024-05-01-preview", "2025-04-01-preview"], []],
    ["elasticsearch", ["2024-02-15-preview", "2025-01-01-preview"], ["2024-02-01", "2024-10-21"]],
    ["azure_ml_index", ["2024-05-01-preview"], ["2024-06-01", "2024-12-01-preview"]],
    [
      "mongo_db",
      ["2024-12-01-preview", "2025-04-01-preview"],
      ["2024-10-21", "2024-08-01-preview"],
    ],
    ["file_search", [], ["2024-02-01", "2024-05-01-preview", "2025-04-01-preview"]],
    ["azure_cosmosdb", [], ["2024-10-21"]],
    ["AzureCognitiveSearch", [], ["2024-02-15-preview"]],
  ])("%s is a type of %j, not of %j", async (type, known, unknown) => {
    for (const version of known) {
      const [first] = await lines(source({ stray: 1 }, type), { version });
      expect(first).toBe(`data_sources/0/${type}/parameters/stray: ${EXTRA}`);
    }
    for (const version of unknown) {
      const [first] = await lines(source({ stray: 1 }, type), { version });
      expect(first).toContain(
        `data_sources/0: Input tag '${type}' found using 'type' does not match`,
      );
    }
  });

  test.each([
    ["role_information", "r", ["2024-02-01", "2024-10-21"], ["2024-12-01-preview"]],
    ["max_search_queries", 2, ["2024-05-01-preview", "2025-03-01-preview"], ["2024-10-21"]],
    ["include_contexts", ["intent"], ["2024-12-01-preview"], ["2024-06-01", "2024-04-01-preview"]],
    ["allow_partial_result", true, ["2024-08-01-preview"], ["2024-02-01"]],
  ])("%s is a parameter of some versions", async (name, value, known, unknown) => {
    const request = source({ ...SEARCH, [name]: value });
    for (const version of known) expect((await chat(request, { version })).status).toBe(200);
    for (const version of unknown)
      expect(await lines(request, { version })).toEqual([`${AT}/${name}: ${EXTRA}`]);
  });

  test("kinds of authentication and embedding came with previews", async () => {
    const token = { ...SEARCH, authentication: { type: "access_token", access_token: "t" } };
    const version = "2025-03-01-preview";
    expect((await chat(source(token), { version })).status).toBe(200);
    expect(await lines(source(token))).toEqual([
      expect.stringContaining(`${AT}/authentication: Input tag 'access_token' found using 'type'`),
    ]);
    const integrated = {
      ...SEARCH,
      query_type: "vector",
      embedding_dependency: { type: "integrated" },
    };
    expect((await chat(source(integrated), { version })).status).toBe(200);
    expect(await lines(source(integrated))).toEqual([
      expect.stringContaining(`${AT}/embedding_dependency: Input tag 'integrated' found`),
    ]);
  });

  test("a v1 route is held to the newest version", async () => {
    const { json } = await strict.post("/openai/v1/chat/completions", {
      model: "gpt-4o",
      messages: MESSAGES,
      ...source({ ...SEARCH, role_information: "r" }),
    });
    expect(json.error.message).toBe(`Validation error at #/${AT}/role_information: ${EXTRA}`);
  });
});

describe("fields beside data sources in strict mode", () => {
  test.each([
    "parallel_tool_calls",
    "max_completion_tokens",
    "logprobs",
    "dataSources",
    "tool_resources",
  ])("%s is refused, even as null", async (name) => {
    expect(await lines({ ...source(SEARCH), [name]: null })).toEqual([`${name}: ${EXTRA}`]);
  });

  test("problems of the sources come first", async () => {
    expect(await lines({ parallel_tool_calls: true, ...source({ ...SEARCH, a: 1 }) })).toEqual([
      `${AT}/a: ${EXTRA}`,
      `parallel_tool_calls: ${EXTRA}`,
    ]);
  });

  test("what real applications send is taken", async () => {
    const { status } = await chat({
      ...source(SEARCH),
      model: "gpt-4o",
      temperature: 0,
      top_p: 1,
      max_tokens: 800,
      stop: null,
      stream: false,
      user: "u",
      seed: 1,
    });
    expect(status).toBe(200);
  });
});

describe("tools and data sources in strict mode", () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: {} } }];

  test("tools win, and the answer is a plain one", async () => {
    for (const more of [{}, { tool_choice: "auto" }]) {
      const { json, headers } = await chat({ ...source(SEARCH), tools, ...more });
      expect(json.object).toBe("chat.completion");
      expect(headers.get("x-groundwire-warnings")).toContain("'data_sources' ignored");
    }
  });

  test("unless tool_choice is none", async () => {
    const { json } = await chat({ ...source(SEARCH), tools, tool_choice: "none" });
    expect(json.object).toBe("extensions.chat.completion");
  });

  test.each(["file_search", "code_interpreter"])("%s is no tool of a chat", async (type) => {
    const { status, json } = await chat({ tools: [tools[0], { type }] });
    expect([status, json.error]).toEqual([
      400,
      {
        message: `Invalid value: '${type}'. Supported values are: 'function'.`,
        type: "invalid_request_error",
        param: "tools[1].type",
        code: "invalid_value",
      },
    ]);
  });
});

test.each(["dataSources", "tool_resources", "truncation_strategy"])(
  "%s is no argument of a chat in strict mode",
  async (name) => {
    const { status, json } = await chat({ [name]: [] });
    expect([status, json.error]).toEqual([
      400,
      {
        message: `Unrecognized request argument supplied: ${name}`,
        type: "invalid_request_error",
        param: null,
        code: null,
      },
    ]);
  },
);

describe("versions", () => {
  test.each([
    ["2024-10-21", 200],
    ["2025-04-01-preview", 200],
    ["2024-10-22", 404],
    ["2023-05-15", 404],
    ["2030-01-01", 404],
    ["", 404],
  ])("%j answers %i in strict mode", async (version, status) => {
    const response = await chat({}, { version });
    expect(response.status).toBe(status);
    if (status === 404)
      expect(response.text).toBe('{"error":{"code":"404","message":"Resource not found"}}');
  });

  test("tolerant mode takes later days and days in between", async () => {
    for (const version of ["2024-10-22", "2030-01-01"])
      expect((await chat({}, { version, app: tolerant })).status).toBe(200);
  });

  const JSON_FORMAT = {
    response_format: { type: "json_schema", json_schema: { name: "x", schema: {} } },
  };
  test.each<[Record<string, unknown>, string, string, string]>([
    [
      JSON_FORMAT,
      "gpt-4o",
      "2024-06-01",
      "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later",
    ],
    [
      { tool_choice: "required" },
      "gpt-4o",
      "2024-05-01-preview",
      "tool_choice value as required is enabled only for api versions 2024-06-01 and later",
    ],
    [
      {},
      "o1",
      "2024-10-21",
      "Model o1 is enabled only for api versions 2024-12-01-preview and later",
    ],
    [
      source(SEARCH),
      "o3-mini",
      "2024-10-21",
      "Model o3-mini is enabled only for api versions 2024-12-01-preview and later",
    ],
  ])("%j of %s is not yet known to %s", async (fields, deployment, version, message) => {
    const { status, text } = await chat(fields, { deployment, version });
    expect([status, text]).toEqual([
      400,
      JSON.stringify({ error: { code: "BadRequest", message } }),
    ]);
  });

  test("from its first version on, and in tolerant mode always, it is", async () => {
    expect((await chat(JSON_FORMAT, { version: "2024-08-01-preview" })).status).toBe(200);
    expect((await chat(JSON_FORMAT, { version: "2024-10-21" })).status).toBe(200);
    expect((await chat(JSON_FORMAT, { version: "2024-02-01", app: tolerant })).status).toBe(200);
  });

  test("strict mode knows the versions of the old protocol by name", async () => {
    const post = (version: string) =>
      strict.post(`/openai/deployments/d/extensions/chat/completions?api-version=${version}`, {
        messages: MESSAGES,
        dataSources: [
          {
            type: "AzureCognitiveSearch",
            parameters: { key: "k", endpoint: SEARCH.endpoint, indexName: "i" },
          },
        ],
      });
    expect((await post("2023-08-01-preview")).status).toBe(200);
    expect((await post("2023-08-02-preview")).status).toBe(404);
  });
});
