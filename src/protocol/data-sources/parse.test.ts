import { describe, expect, test } from "vitest";
import { parseDataSources } from "./parse.ts";
import { GroundwireError } from "../errors.ts";

function parseOne(parameters: Record<string, unknown>) {
  const { sources, warnings } = parseDataSources([{ type: "file_search", parameters }]);
  const [first] = sources;
  if (first?.source.type !== "file_search") throw new Error("another type");
  return { common: first.common, source: first.source, warnings };
}

function refusal(values: unknown[]): string {
  try {
    parseDataSources(values);
  } catch (error) {
    if (error instanceof GroundwireError && error.code === "data_source_invalid")
      return error.message;
    throw error;
  }
  throw new Error("was accepted");
}

const refusalOf = (parameters: unknown): string => refusal([{ type: "file_search", parameters }]);

describe("file_search parameters", () => {
  test("a store id alone gets the defaults of the service", () => {
    expect(parseOne({ vector_store_id: "vs_1" })).toEqual({
      common: {
        inScope: true,
        strictness: 3,
        topNDocuments: 5,
        roleInformation: null,
        maxSearchQueries: null,
        allowPartialResult: false,
        includeContexts: ["citations", "intent"],
      },
      source: {
        type: "file_search",
        vectorStoreIds: ["vs_1"],
        maxNumResults: null,
        scoreThreshold: 0,
        filter: null,
      },
      warnings: [],
    });
  });

  test("one id and several are joined and each is kept once", () => {
    const { source } = parseOne({ vector_store_id: "vs_1", vector_store_ids: ["vs_2", "vs_1"] });
    expect(source?.vectorStoreIds).toEqual(["vs_1", "vs_2"]);
  });

  test("null and the empty string count as absent", () => {
    const { common, source, warnings } = parseOne({
      vector_store_id: "vs_1",
      filter: "",
      strictness: null,
      role_information: "",
      filters: null,
    });
    expect([common?.strictness, common?.roleInformation, source?.filter, warnings]).toEqual([
      3,
      null,
      null,
      [],
    ]);
  });

  test("names of the old protocol are folded and reported", () => {
    const { common, source, warnings } = parseOne({
      vectorStoreId: "vs_1",
      inScope: false,
      topNDocuments: "7",
    });
    expect([source?.vectorStoreIds, common?.inScope, common?.topNDocuments]).toEqual([
      ["vs_1"],
      false,
      7,
    ]);
    expect(warnings).toContain("'inScope' read as 'in_scope'");
  });

  test("parameters that only remote indexes know are ignored and reported", () => {
    expect(parseOne({ vector_store_id: "vs_1", query_type: "simple" }).warnings).toEqual([
      "'query_type' ignored for file_search",
    ]);
  });

  test("an attribute filter is read", () => {
    const filters = {
      type: "and",
      filters: [
        { type: "eq", key: "team", value: "hr" },
        { type: "in", key: "year", value: [2025, 2026] },
      ],
    };
    expect(parseOne({ vector_store_id: "vs_1", filters }).source?.filter).toEqual(filters);
  });
});

describe("what cannot be understood is refused, never ignored", () => {
  const at = "Validation error at #/data_sources/0/file_search/parameters";

  test("an OData filter that is not understood as a whole", () => {
    expect(
      refusalOf({ vector_store_id: "vs_1", filter: "a eq 'b' and geo.distance(x) lt 5" }),
    ).toContain(
      `${at}/filter: The filter cannot be read: position 14: expected the name of a field, found 'geo.distance'`,
    );
  });

  test("a misspelt parameter", () => {
    expect(refusalOf({ vector_store_id: "vs_1", filtre: {} })).toBe(
      `${at}/filtre: Extra inputs are not permitted`,
    );
  });

  test("a filter with an unknown operator, an unknown key or no operands", () => {
    for (const filters of [
      { type: "like", key: "a", value: "b" },
      { type: "eq", key: "a", value: "b", negate: true },
      { type: "or", filters: [] },
      {},
    ]) {
      expect(refusalOf({ vector_store_id: "vs_1", filters })).toContain(`${at}/filters`);
    }
  });

  test("a filter nested ten thousand deep", () => {
    let filters: unknown = { type: "eq", key: "a", value: 1 };
    for (let depth = 0; depth < 10_000; depth += 1) filters = { type: "and", filters: [filters] };
    expect(refusalOf({ vector_store_id: "vs_1", filters })).toContain("nest at most 8 deep");
  });

  test("every problem is on its own line", () => {
    expect(
      refusalOf({ vector_store_id: "vs_1", strictness: 9, top_n_documents: "many" }).split("\n"),
    ).toEqual([
      `${at}/strictness: Input should be less than or equal to 5`,
      `${at}/top_n_documents: Input should be a valid number`,
    ]);
  });

  test("no store, an id of another kind, no parameters", () => {
    expect(refusalOf({})).toBe(`${at}/vector_store_id: Field required`);
    expect(refusalOf(undefined)).toBe(`${at}/vector_store_id: Field required`);
    expect(refusalOf({ vector_store_id: "file-1" })).toContain(
      "Expected an ID that begins with 'vs'",
    );
    expect(refusalOf("vs_1")).toBe(`${at}: Input should be a valid dictionary`);
  });

  test("a type nobody knows", () => {
    expect(refusal([{ type: "oracle", parameters: {} }])).toContain("'oracle' is not a known type");
    expect(refusal(["file_search"])).toBe(
      "Validation error at #/data_sources/0: Input should be a valid dictionary",
    );
    expect(refusal([{}])).toBe("Validation error at #/data_sources/0/type: Field required");
  });
});
