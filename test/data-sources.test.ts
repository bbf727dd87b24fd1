import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const ask = (data_sources: unknown[], more: object = {}) =>
  server.call("POST", "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", {
    messages: [{ role: "user", content: "How many days of annual leave are there?" }],
    data_sources,
    ...more,
  });

describe("a source this build has no driver for", () => {
  const source = {
    type: "azure_search",
    parameters: {
      endpoint: "https://s.search.windows.net",
      index_name: "policies",
      authentication: { type: "api_key", key: "sesame" },
    },
  };

  it.each([false, true])(
    "is refused by name when stream is %s, and no key is told",
    async (stream) => {
      const { status, json, text, headers } = await ask([source], { stream });
      expect([status, json.error.code]).toEqual([400, 400]);
      expect(headers.get("content-type")).toContain("application/json");
      expect(json.error.message).toContain("'azure_search' yet");
      expect(json.error.message).toContain("file_search");
      expect(text).not.toContain("sesame");
    },
  );

  it("is refused for its parameters first", async () => {
    const { json } = await ask([{ ...source, parameters: { ...source.parameters, endpoint: 1 } }]);
    expect(json.error.message).toBe(
      "Validation error at #/data_sources/0/azure_search/parameters/endpoint: Input should be a valid string",
    );
  });
});
