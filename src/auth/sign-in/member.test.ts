import { expect, test } from "vitest";
import { signInSettings } from "../../testing/sign-in-settings.ts";
import { memberOf } from "./member.ts";

const ADA = {
  iss: "https://login.example",
  sub: "ada",
  name: "Ada",
  email: "ada@acme.example",
  email_verified: true,
  groups: ["staff", "ops"],
};

test("everybody the provider knows is let in, when nothing else is said", () => {
  expect(memberOf(ADA, signInSettings())).toEqual({
    principal: {
      tenant: "default",
      keyName: "https://login.example#ada",
      scopes: ["chat", "files"],
      mode: null,
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      budget: null,
      user: { name: "Ada", email: "ada@acme.example" },
    },
  });
});

test("an address can change without the user becoming somebody else", () => {
  const moved = { ...ADA, name: "Ada L.", email: "ada@other.example" };
  expect(memberOf(moved, signInSettings())).toMatchObject({
    principal: { keyName: "https://login.example#ada" },
  });
});

test.each([
  [{ email: "ada@evil.example" }, "no allowed domain"],
  [{ email: "ada@acme.example.evil.example" }, "no allowed domain"],
  [{ email: "acme.example" }, "no e-mail address"],
  [{ email: undefined }, "no e-mail address"],
  [{ email_verified: false }, "not say that the e-mail address is verified"],
  [{ email_verified: undefined }, "not say that the e-mail address is verified"],
  [{ email_verified: "true" }, null],
])("with allowed domains, claims %j are refused for: %s", (claims, refusal) => {
  const settings = signInSettings({ allowedDomains: ["acme.example"] });
  const member = memberOf({ ...ADA, ...claims }, settings);
  if (refusal === null) expect(member).toHaveProperty("principal");
  else expect(member).toEqual({ refusal: expect.stringContaining(refusal) });
});

test.each([
  [["ops"], true],
  [["nobody", "staff"], true],
  [["nobody"], false],
])("of required groups %j one is enough: %s", (requiredGroups, isIn) => {
  const member = memberOf(ADA, signInSettings({ requiredGroups }));
  expect("principal" in member).toBe(isIn);
});

test.each([undefined, "ops", ["ops", 1], { 0: "ops" }])(
  "groups that are no list of names (%j) open nothing",
  (groups) => {
    const told = { ...ADA, groups };
    expect(memberOf(told, signInSettings({ requiredGroups: ["ops"] }))).toEqual({
      refusal: expect.stringContaining("'groups'"),
    });
    expect(memberOf(told, signInSettings({ adminGroups: ["ops"] }))).toMatchObject({
      principal: { scopes: ["chat", "files"] },
    });
  },
);

test("the first of the groups with a tenant says which it is", () => {
  const tenants = [
    { group: "hr", tenant: "people" },
    { group: "ops", tenant: "machines" },
    { group: "staff", tenant: "rest" },
  ];
  expect(memberOf(ADA, signInSettings({ tenants }))).toMatchObject({
    principal: { tenant: "machines" },
  });
});

test("with documents for groups, somebody whose groups cannot be told sees none", () => {
  const claims = { ...ADA, groups: undefined, _claim_names: { groups: "src1" } };
  expect(memberOf(claims, signInSettings({ accessClaim: "groups" }))).toMatchObject({
    principal: { access: { groups: null } },
  });
});
