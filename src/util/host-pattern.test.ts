import { expect, test } from "vitest";

import { canonicalHost, isNamedBy, parseHostPattern } from "./host-pattern.ts";

test.each([
  ["Search.Corp.internal.", "search.corp.internal"],
  ["[FD00:0::5]", "fd00::5"],
  ["fd00:0::5", "fd00::5"],
  ["2130706433", "127.0.0.1"],
  ["0x7f.1", "127.0.0.1"],
  ["0177.0.0.1", "127.0.0.1"],
  ["127.1", "127.0.0.1"],
  ["127.0.0.1.", "127.0.0.1"],
  ["::ffff:127.0.0.1", "::ffff:7f00:1"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["①②⑦.⓪.⓪.①", "127.0.0.1"],
])("%s is the host %s", (written, canonical) => {
  expect(canonicalHost(written)).toBe(canonical);
});

test.each([
  "",
  "a b",
  "user@host",
  "host/path",
  "host\\path",
  "host?x",
  "host:80",
  "fe80::1%eth0",
  ".",
])("'%s' is no host", (written) => {
  expect(canonicalHost(written)).toBeNull();
});

test.each([
  ["search.corp.internal", "search.corp.internal", 443, true],
  ["search.corp.internal", "x.search.corp.internal", 443, false],
  ["SEARCH.corp.internal:9200", "search.corp.internal", 9200, true],
  ["search.corp.internal:9200", "search.corp.internal", 9201, false],
  ["*.corp.internal", "a.b.corp.internal", 1, true],
  ["*.corp.internal", "corp.internal", 1, false],
  ["*.corp.internal", "evilcorp.internal", 1, false],
  ["10.0.0.5:9200", "10.0.0.5", 9200, true],
  ["[fd00::5]:9200", "fd00::5", 9200, true],
  ["fd00::5", "fd00::5", 9200, true],
])("%s names %s:%i: %s", (text, host, port, expected) => {
  const pattern = parseHostPattern(text);
  expect(pattern && isNamedBy([pattern], host, port)).toBe(expected);
});

test.each(["*", "*.", "a:0", "a:65536", "a:b", "http://a", "10.0.0.0/8", "*.a.*"])(
  "'%s' is no pattern",
  (text) => {
    expect(parseHostPattern(text)).toBeNull();
  },
);
