import { describe, expect, test } from "vitest";
import { createApiKeys } from "./api-keys.ts";
import { authenticate } from "./authenticate.ts";
import { testKey } from "../testing/keys.ts";

const keys = createApiKeys([
  testKey({ tenant: "acme", name: "web", key: "first-key" }),
  testKey({ tenant: "beta", name: "batch", key: "second-key" }),
]);
const none = createApiKeys([]);

describe("with keys configured", () => {
  test.each([
    [{ "api-key": "second-key" }, { tenant: "beta", keyName: "batch" }],
    [{ authorization: "Bearer first-key" }, { tenant: "acme", keyName: "web" }],
    [{ authorization: "bearer  first-key" }, { tenant: "acme", keyName: "web" }],
    [
      { "api-key": "stale", authorization: "Bearer first-key" },
      { tenant: "acme", keyName: "web" },
    ],
  ])("%j is let in as its owner", (headers, principal) => {
    expect(authenticate(headers, keys)).toMatchObject(principal);
  });

  test.each([
    [{}],
    [{ "api-key": "" }],
    [{ "api-key": "first-ke" }],
    [{ authorization: "Basic first-key" }],
  ])("%j is refused as the service refuses a wrong key", (headers) => {
    expect(() => authenticate(headers, keys)).toThrow(
      "Access denied due to invalid subscription key",
    );
  });

  test("a token nobody can verify is refused as the service refuses a bad token", () => {
    expect(() => authenticate({ authorization: "Bearer aaa.bbb.ccc" }, keys)).toThrow(
      "Access token is missing, invalid",
    );
  });
});

describe("without keys", () => {
  test.each([
    [{ host: "127.0.0.1:8080" }],
    [{ host: "localhost:8080", "api-key": "whatever" }],
    [{ host: "[::1]:8080", origin: "http://[::1]:8080" }],
    [{ host: "localhost:8080", origin: "http://localhost:8080" }],
  ])("%j is let in", (headers) => {
    expect(authenticate(headers, none)).toMatchObject({ tenant: "default", keyName: null });
  });

  test.each([
    [{ host: "127.0.0.1:8080", origin: "https://evil.example" }],
    [{ host: "127.0.0.1:8080", origin: "http://127.0.0.1:3000" }],
    [{ host: "127.0.0.1:8080", origin: "null" }],
    [{ host: "rebound.evil.example:8080" }],
    [{}],
  ])("%j is refused", (headers) => {
    expect(() => authenticate(headers, none)).toThrow(
      expect.objectContaining({ code: "forbidden" }),
    );
  });
});
