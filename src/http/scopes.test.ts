import { expect, test } from "vitest";
import { startTestApp } from "../testing/http-services.ts";
import { testKey } from "../testing/keys.ts";

/** Wanted by tools that have no key, or good for any key. */
const WITHOUT_SCOPE = [
  "/",
  "/healthz",
  "/readyz",
  "/metrics",
  "/openapi.json",
  "/groundwire/usage",
  "/groundwire/me",
  "/groundwire/sign-in",
  "/groundwire/sign-in/callback",
  "/groundwire/sign-in/back-channel",
  "/groundwire/sign-out",
];

test("every documented route wants a scope, unless it is one of the few that need none", async () => {
  await using server = await startTestApp({
    apiKeys: [testKey({ tenant: "t", name: "n", key: "scopeless", scopes: [] })],
  });
  const { paths } = (await server.call("/openapi.json")).json as {
    paths: Record<string, Record<string, unknown>>;
  };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ path, method: method.toUpperCase() })),
  );
  const open: string[] = [];
  for (const { path, method } of operations) {
    const url = `${path.replaceAll(/\{\w+\}/gu, "x")}?api-version=2024-10-21`;
    const { status } = await server.call(url, { method, headers: { "api-key": "scopeless" } });
    if (status !== 403) open.push(path);
  }
  expect(open.filter((path) => !WITHOUT_SCOPE.includes(path))).toEqual([]);
  expect(operations.length).toBeGreaterThan(20);
});
