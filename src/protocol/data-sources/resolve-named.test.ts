import { describe, expect, test } from "vitest";

import { parseDataSources } from "./parse.ts";
import { resolveNamed, type SourceDefinitions } from "./resolve-named.ts";

const DEFINITIONS: SourceDefinitions = {
  policies: {
    type: "azure_search",
    parameters: {
      endpoint: "https://s.search.windows.net",
      index_name: "policies",
      authentication: { type: "api_key", key: "operator-secret" },
      filter: "public eq true",
      top_n_documents: 7,
      role_information: "Be brief.",
    },
    tenants: null,
  },
  handbook: {
    type: "file_search",
    parameters: {
      vector_store_id: "vs_1",
      filters: { type: "eq", key: "public", value: true },
    },
    tenants: null,
  },
  board: {
    type: "file_search",
    parameters: { vector_store_id: "vs_2" },
    tenants: ["board"],
  },
};

function resolve(parameters: object, tenant = "acme") {
  const { sources } = parseDataSources([{ type: "named", parameters }]);
  return sources.map((source, index) =>
    resolveNamed(source, index, { definitions: DEFINITIONS, tenant }),
  )[0];
}

test("a name stands for the source of the configuration, secrets and defaults included", () => {
  expect(resolve({ name: "policies" })).toMatchObject({
    common: { topNDocuments: 7, strictness: 3, roleInformation: "Be brief." },
    source: {
      type: "azure_search",
      indexName: "policies",
      authentication: { type: "api_key", key: "operator-secret" },
      filter: "public eq true",
    },
  });
});

test("a source that is not named is left as it is", () => {
  const { sources } = parseDataSources([
    { type: "file_search", parameters: { vector_store_id: "vs_9" } },
  ]);
  const [own] = sources;
  expect(own && resolveNamed(own, 0, { definitions: DEFINITIONS, tenant: "t" })).toBe(own);
});

describe("what a request says beside the name", () => {
  test("counts, where it is about the answer", () => {
    const asked = {
      name: "policies",
      topNDocuments: "2",
      strictness: 5,
      in_scope: false,
      include_contexts: ["citations"],
    };
    expect(resolve(asked)?.common).toMatchObject({
      topNDocuments: 2,
      strictness: 5,
      inScope: false,
      includeContexts: ["citations"],
      roleInformation: "Be brief.",
    });
  });

  test("narrows: both filters hold", () => {
    const odata = resolve({ name: "policies", filter: "a eq 1 or b eq 'it''s (a'" });
    expect(odata?.source).toMatchObject({
      filter: "(public eq true) and (a eq 1 or b eq 'it''s (a')",
    });
    const more = { type: "eq", key: "year", value: 2026 };
    expect(resolve({ name: "handbook", filters: more })?.source).toMatchObject({
      filter: { type: "and", filters: [{ type: "eq", key: "public", value: true }, more] },
    });
    expect(resolve({ name: "board", filters: more }, "board")?.source).toMatchObject({
      filter: more,
    });
  });

  test.each([
    "true) or (true",
    "a eq 1) or (1 eq 1",
    "(a eq 1",
    "a eq 'x) or (public eq false",
    "a eq 'it''s) or (1 eq 1",
    ")(",
  ])("never undoes the operator's filter: %s", (filter) => {
    expect(() => resolve({ name: "policies", filter })).toThrow(
      "#/data_sources/0/named/parameters/filter: parentheses and quotes",
    );
  });

  test.each([
    [{ name: "policies", filters: { type: "eq", key: "a", value: 1 } }, "filters"],
    [{ name: "policies", endpoint: "https://evil.example" }, "endpoint"],
    [{ name: "policies", authentication: { type: "api_key", key: "k" } }, "authentication"],
    [{ name: "policies", index_name: "salaries" }, "index_name"],
    [{ name: "handbook", vector_store_id: "vs_2" }, "vector_store_id"],
  ])("is refused when it is not the caller's to say: %j", (parameters, name) => {
    expect(() => resolve(parameters)).toThrow(
      `#/data_sources/0/named/parameters/${name}: Extra inputs are not permitted`,
    );
  });
});

describe("a name that is unknown", () => {
  test.each(["polices", "constructor", "__proto__"])(
    "is refused with those there are: %s",
    (name) => {
      expect(() => resolve({ name })).toThrow(
        `#/data_sources/0/named/parameters/name: there is no data source '${name}'. There are: 'policies', 'handbook'.`,
      );
    },
  );

  test("so is one of others, whose name stays theirs", () => {
    expect(() => resolve({ name: "board" })).toThrow("There are: 'policies', 'handbook'.");
    expect(resolve({ name: "board" }, "board")?.source).toMatchObject({ vectorStoreIds: ["vs_2"] });
  });
});
