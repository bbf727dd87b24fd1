import { describe, expect, test } from "vitest";
import { needsAnswering, readGroundedRequest } from "./grounded-request.ts";
import { createRequestContext } from "./request-context.ts";
import { vectorStoreIdsOf } from "../protocol/data-sources/parse.ts";

const MESSAGES = [{ role: "user", content: "How many days of leave?" }];
const SOURCE = { type: "file_search", parameters: { vector_store_id: "vs_1" } };

function read(body: Record<string, unknown>) {
  const context = createRequestContext(new AbortController().signal);
  try {
    return {
      context,
      request: readGroundedRequest(body, {
        context,
        configured: { sources: {}, mlIndexes: [], access: null },
        defaults: [],
      }),
    };
  } catch (error) {
    return { context, error };
  }
}

test.each([
  [{ data_sources: [SOURCE] }, true],
  [{ dataSources: [SOURCE] }, true],
  [{ data_sources: "vs_1" }, true],
  [{ tools: [{ type: "file_search" }] }, true],
  [{ tools: [{ type: "function", function: { name: "f" } }] }, false],
  [{ data_sources: [], tools: null }, false],
  [{ data_sources: null, tools: [null] }, false],
  [{}, false],
])("%j is answered here: %s", (body, expected) => {
  expect(needsAnswering(body)).toBe(expected);
});

describe("a request with data sources", () => {
  test("has its old spelling read and reported", () => {
    const { request, context } = read({
      messages: MESSAGES,
      data_sources: null,
      dataSources: [SOURCE],
    });
    expect(vectorStoreIdsOf(request?.sources ?? [])).toEqual(["vs_1"]);
    expect(context.warnings).toEqual(["'dataSources' read as 'data_sources'"]);
  });

  test("is not asked for what answers made here do not have, and told so", () => {
    const { request, context } = read({
      messages: MESSAGES,
      data_sources: [SOURCE],
      logprobs: true,
      top_logprobs: 3,
      functions: [{ name: "f" }],
      function_call: "auto",
      modalities: null,
    });
    const kept = Object.keys(request?.chat ?? {});
    expect(kept.toSorted()).toEqual(["data_sources", "messages", "stream"]);
    expect(context.warnings).toEqual(
      ["logprobs", "top_logprobs", "functions", "function_call"].map(
        (name) => `'${name}' ignored: answers made here do not have it`,
      ),
    );
  });

  test("has all its problems reported in the words of On Your Data", () => {
    const { error, context } = read({ data_sources: [SOURCE], temperature: 9 });
    expect(context.errorEnvelope).toBe("on_your_data");
    expect(error).toMatchObject({
      code: "data_source_invalid",
      message:
        "Validation error at #/messages: Field required\nValidation error at #/temperature: Input should be less than or equal to 2",
    });
  });
});

test("a request with a hosted tool has its problems reported in the words of the model layer", () => {
  const { error, context } = read({ tools: [{ type: "file_search" }], messages: "hello" });
  expect(context.errorEnvelope).toBe("openai");
  expect(error).toMatchObject({
    code: "invalid_request",
    message: "Invalid value for 'messages': Input should be a valid list.",
    param: "messages",
  });
});
