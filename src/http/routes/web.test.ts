import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { webRoutes } from "./web.ts";

let root: string;

beforeEach(async () => {
  root = `${await mkdtemp(join(tmpdir(), "groundwire-web-"))}/`;
});

afterEach(() => rm(root, { recursive: true }));

test("a page says how to build the web application when there is none", async () => {
  const app = Fastify();
  await app.register(webRoutes(root));
  const { statusCode, body } = await app.inject("/");
  expect([statusCode, body]).toEqual([200, expect.stringContaining("npm run build:web")]);
});

test("the built application is served under a strict policy, and nothing outside its folder", async () => {
  await mkdir(`${root}assets`);
  await writeFile(`${root}index.html`, "<!doctype html>");
  await writeFile(`${root}assets/app-1a2b.js`, "export {}");
  const app = Fastify();
  await app.register(webRoutes(root));
  const page = await app.inject("/");
  expect([page.statusCode, page.body]).toEqual([200, "<!doctype html>"]);
  expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'/);
  expect(page.headers["cache-control"]).toBe("no-cache");
  const shared = await app.inject("/shared/conv_1-secret");
  expect(shared.headers).toMatchObject({
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
    "content-security-policy": page.headers["content-security-policy"],
  });
  const script = await app.inject("/assets/app-1a2b.js");
  expect(script.headers["cache-control"]).toContain("immutable");
  for (const path of ["/../secret", "/%2e%2e/secret", "/assets/"]) {
    expect((await app.inject(path)).statusCode).toBe(404);
  }
});
