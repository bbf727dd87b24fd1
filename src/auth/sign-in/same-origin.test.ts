import { describe, expect, test } from "vitest";
import { addressWithin, ownOrigin } from "./own-origin.ts";
import { refuseOtherOrigins } from "./same-origin.ts";

const OWN = "https://ask.example.com";
const EVIL = "https://evil.example";

describe("a session counts", () => {
  test.each([
    ["GET", {}],
    ["GET", { "sec-fetch-site": "none" }],
    ["GET", { "sec-fetch-site": "same-origin" }],
    ["HEAD", { origin: OWN }],
    ["POST", { origin: OWN }],
    ["DELETE", { "sec-fetch-site": "same-origin" }],
    ["PATCH", { origin: OWN, "sec-fetch-site": "same-origin" }],
  ])("for %s with %j", (method, headers) => {
    expect(() => refuseOtherOrigins({ method, headers }, OWN)).not.toThrow();
  });
});

describe("a session does not count", () => {
  test.each([
    ["GET", { origin: EVIL }],
    ["GET", { "sec-fetch-site": "cross-site" }],
    ["GET", { "sec-fetch-site": "same-site" }],
    ["POST", {}],
    ["POST", { "sec-fetch-site": "none" }],
    ["POST", { origin: "null" }],
    ["POST", { origin: OWN, "sec-fetch-site": "cross-site" }],
    ["POST", { origin: EVIL, "sec-fetch-site": "same-origin" }],
    ["PUT", { origin: "http://ask.example.com" }],
    ["DELETE", { origin: `${OWN}.evil.example` }],
  ])("for %s with %j", (method, headers) => {
    expect(() => refuseOtherOrigins({ method, headers }, OWN)).toThrow("own page only");
  });

  test("under a name that is not this server's", () => {
    const own = ownOrigin({ publicUrl: null }, { host: "rebound.evil.example" });
    expect(() => refuseOtherOrigins({ method: "GET", headers: {} }, own)).toThrow("public_url");
  });
});

describe("the origin of this server", () => {
  test.each([
    ["127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["localhost:8080", "http://localhost:8080"],
    ["[::1]:8080", "http://[::1]:8080"],
    ["ask.example.com", null],
    ["127.0.0.1.evil.example", null],
    ["", null],
  ])("without one in the configuration is %j → %s", (host, expected) => {
    expect(ownOrigin({ publicUrl: null }, { host })).toBe(expected);
  });

  test("of the configuration counts whatever a request says", () => {
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example" };
    expect(ownOrigin({ publicUrl: OWN }, headers)).toBe(OWN);
  });
});

test.each([
  ["/c/conv_1?x=1#top", `${OWN}/c/conv_1?x=1#top`],
  ["/..//evil.example", `${OWN}//evil.example`],
  ["//evil.example", `${OWN}/`],
  ["/\\evil.example", `${OWN}/`],
  ["/\t/evil.example", `${OWN}/`],
  ["https://evil.example", `${OWN}/`],
  ["javascript:alert(1)", `${OWN}/`],
  ["c/1", `${OWN}/`],
  ["", `${OWN}/`],
  [undefined, `${OWN}/`],
])("%j leads to %s", (path, expected) => {
  expect(addressWithin(OWN, path)).toBe(expected);
});
