import { describe, expect, it } from "vitest";

import { attributesOf, rowsOf } from "./attribute-rows.ts";

describe("attributes in a form", () => {
  it.each([
    { team: "hr", year: 2026, ratio: -0.5, isPublic: true },
    { quoted: '"x"', spaced: " a " },
    { code: "007", number: "42", truth: "true", empty: "", long: "12345678901234567890" },
  ])("come out as they went in: %j", (attributes) => {
    expect(attributesOf(rowsOf(attributes))).toEqual(attributes);
  });

  it("without a name are left out", () => {
    expect(attributesOf([{ key: 0, name: "  ", value: "x" }])).toEqual({});
  });
});
