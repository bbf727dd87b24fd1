import { expect, test } from "vitest";
import { accessOf } from "./document-access.ts";

test("the groups of a token are those of the claim", () => {
  expect(accessOf({ groups: ["a", "b"], roles: ["c"] }, "groups")).toEqual({ groups: ["a", "b"] });
  expect(accessOf({ groups: ["a"], roles: ["c"] }, "roles")).toEqual({ groups: ["c"] });
  expect(accessOf({ groups: [] }, "groups")).toEqual({ groups: [] });
});

test.each([
  [{}, "no list of groups in the claim 'groups'"],
  [{ groups: null }, "no list of groups"],
  [{ groups: "a" }, "no list of groups"],
  [{ groups: ["a", 7] }, "no list of groups"],
  [{ groups: { 0: "a" } }, "no list of groups"],
  [{ _claim_names: { groups: "src1" }, _claim_sources: {} }, "'_claim_names'"],
  [{ hasgroups: true }, "'_claim_names'"],
  [{ _claim_names: { roles: "src1" } }, "no list of groups"],
])("%j tells no groups, so nothing may be seen", (claims, reason) => {
  const access = accessOf(claims, "groups");
  expect(access).toEqual({ groups: null, reason: expect.stringContaining(reason) });
});

test("a claim called like a property of every object is not there", () => {
  expect(accessOf({}, "constructor")).toMatchObject({ groups: null });
});
