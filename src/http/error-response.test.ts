import { describe, expect, test } from "vitest";
import { GroundwireError } from "../protocol/errors.ts";
import { toErrorResponse } from "./error-response.ts";
import type { ErrorContext } from "./error-response.ts";
import { openTestAuthenticator, testKey } from "../testing/keys.ts";

const PLAIN: ErrorContext = {
  envelope: "openai",
  requestId: "9e91dfc8-987c-4de9-8fa3-3b424fd57403",
  strict: false,
};
const GROUNDED: ErrorContext = { ...PLAIN, envelope: "on_your_data" };

async function refusedKey(): Promise<unknown> {
  await using keys = await openTestAuthenticator({
    apiKeys: [testKey({ tenant: "t", name: "n", key: "k" })],
  });
  return keys.authenticate({ "api-key": "wrong" }).catch((error: unknown) => error);
}

describe("the gateway's envelope", () => {
  test("refuses a wrong key with the 224 bytes of the service, whatever the request was for", async () => {
    const refused = await refusedKey();
    for (const context of [PLAIN, GROUNDED]) {
      const { status, body } = toErrorResponse(refused, context);
      expect([status, Buffer.byteLength(body), body.slice(0, 24)]).toEqual([
        401,
        224,
        '{"error":{"code":"401","',
      ]);
    }
  });

  test("carries an unknown deployment also from behind data sources", () => {
    const error = new GroundwireError("deployment_not_found", "The API deployment does not exist.");
    expect(JSON.parse(toErrorResponse(error, GROUNDED).body)).toEqual({
      error: { code: "DeploymentNotFound", message: "The API deployment does not exist." },
    });
  });
});

describe("the On Your Data envelope", () => {
  test("has the bytes of the recorded 194", () => {
    const message =
      "Validation error at #/data_sources/0/azure_search/parameters/indexName: Extra inputs are not permitted";
    const { body, headers } = toErrorResponse(
      new GroundwireError("data_source_invalid", message),
      GROUNDED,
    );
    expect(body).toBe(
      `{"error": {"requestid": "9e91dfc8-987c-4de9-8fa3-3b424fd57403", "code": 400, "message": "${message}"}}`,
    );
    expect([Buffer.byteLength(body), headers["content-type"]]).toEqual([
      194,
      "application/json; charset=UTF-8",
    ]);
  });

  test("keeps a throttled source a 429, and makes a bad request of it in strict mode", () => {
    const error = new GroundwireError("data_source_throttled", "busy", { retryAfter: 7 });
    const { status, headers } = toErrorResponse(error, GROUNDED);
    expect([status, headers["retry-after"]]).toEqual([429, "7"]);
    expect(toErrorResponse(error, { ...GROUNDED, strict: true }).status).toBe(400);
  });

  test("escapes what is not ASCII, as Python does", () => {
    const { body } = toErrorResponse(
      new GroundwireError("data_source_invalid", "grün\n🌿"),
      GROUNDED,
    );
    expect(body).toContain('"gr\\u00fcn\\n\\ud83c\\udf3f"');
    expect(JSON.parse(body).error.message).toBe("grün\n🌿");
  });

  test("wraps a throttled model as the service did; in strict mode with its status too", () => {
    const body =
      '{"error": {"code": "429", "message": "Rate limit is exceeded. Try again in 1 seconds."}}';
    const error = new GroundwireError("rate_limited", "throttled", {
      upstream: { status: 429, body },
    });
    for (const [strict, status] of [
      [false, 429],
      [true, 400],
    ] as const) {
      const response = toErrorResponse(error, { ...GROUNDED, strict });
      expect(response.status).toBe(status);
      expect(JSON.parse(response.body).error).toEqual({
        requestid: GROUNDED.requestId,
        code: status,
        message:
          "Server responded with status 429. Error message: {'error': {'code': '429', 'message': 'Rate limit is exceeded. Try again in 1 seconds.'}}",
      });
    }
  });

  test("wraps what a model refused as the service did", () => {
    const body = { error: { message: "Unsupported parameter: 'max_tokens'", param: null } };
    const error = new GroundwireError("upstream_refused", "refused", {
      upstream: { status: 400, body: JSON.stringify(body) },
    });
    expect(JSON.parse(toErrorResponse(error, GROUNDED).body).error.message).toBe(
      "An error occurred when calling Azure OpenAI: Server responded with status 400. Error message: {'error': {'message': \"Unsupported parameter: 'max_tokens'\", 'param': None}}",
    );
  });

  test.each([
    [400, 400],
    [404, 400],
    [429, 429],
    [500, 502],
  ])("turns a model's %i into %i", (upstream, expected) => {
    const error = new GroundwireError("upstream_refused", "The model refused.", {
      upstream: { status: upstream, body: "{}" },
    });
    const response = toErrorResponse(error, GROUNDED);
    expect([response.status, JSON.parse(response.body).error.code]).toEqual([expected, expected]);
  });
});

describe("the model's envelope", () => {
  test("names the field at fault", () => {
    const error = new GroundwireError(
      "invalid_request",
      "Missing required parameter: 'messages'.",
      { param: "messages" },
    );
    expect(JSON.parse(toErrorResponse(error, PLAIN).body)).toEqual({
      error: {
        message: "Missing required parameter: 'messages'.",
        type: "invalid_request_error",
        param: "messages",
        code: null,
      },
    });
  });

  test("hands on a model's own answer unchanged", () => {
    const body = '{"error":{"message":"too long","code":"context_length_exceeded"}}';
    const error = new GroundwireError("upstream_refused", "refused", {
      upstream: { status: 400, body },
    });
    expect(toErrorResponse(error, PLAIN)).toMatchObject({ status: 400, body });
  });

  test("says nothing of an unexpected error but the request id", () => {
    const { status, body } = toErrorResponse(new Error("password=hunter2 at /srv/x.ts:1"), PLAIN);
    expect(status).toBe(500);
    expect(body).toContain(PLAIN.requestId);
    expect(body).not.toMatch(/hunter2|x\.ts/);
  });
});

test.each([
  [0.25, "1", "250"],
  [7, "7", "7000"],
  [3600, "60", "60000"],
  [undefined, "1", "1000"],
])(
  "a retry after %s seconds is announced in both headers, never above a minute",
  (retryAfter, seconds, milliseconds) => {
    const details = retryAfter === undefined ? {} : { retryAfter };
    const { headers } = toErrorResponse(
      new GroundwireError("rate_limited", "Rate limit is exceeded.", details),
      PLAIN,
    );
    expect([headers["retry-after"], headers["retry-after-ms"]]).toEqual([seconds, milliseconds]);
  },
);
