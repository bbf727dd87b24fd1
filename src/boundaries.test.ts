import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { expect, test } from "vitest";

const SRC = import.meta.dirname;

/**
 * Which folder may import which. A name with a slash is one file: the interface of a folder whose drivers stay closed.
 * `protocol` and `util` are open to everybody; the files beside this one put everything together.
 */
const MAY_IMPORT: Record<string, string[]> = {
  protocol: [],
  util: [],
  config: [],
  search: ["ingest/document.ts"],
  upstream: ["config/settings.ts"],
  limits: ["config/settings.ts"],
  usage: ["config/settings.ts", "storage/usage-records.ts"],
  metrics: [],
  auth: [
    "config/settings.ts",
    "config/open-host.ts",
    "config/sign-in-settings.ts",
    "storage/key-records.ts",
    "storage/session-records.ts",
    "storage/storage.ts",
  ],
  storage: ["search", "ingest/document.ts"],
  models: ["upstream", "config/settings.ts"],
  sources: ["upstream", "models/model.ts", "storage/storage.ts"],
  ingest: ["models/model.ts", "storage/storage.ts", "search/analysis"],
  answer: [
    "sources/source.ts",
    "models/model.ts",
    "models/deployments.ts",
    "search/analysis",
    "search/lexical/credit.ts",
    "search/lexical/subwords.ts",
    "ingest/tokens.ts",
    "config/settings.ts",
    "tools/code-interpreter/code-interpreter.ts",
    "tools/code-interpreter/file-names.ts",
    "tools/code-interpreter/sandbox.ts",
    "tools/code-interpreter/summarise-table.ts",
    "tools/code-interpreter/tool.ts",
    "tools/code-interpreter/unavailable.ts",
  ],
  // One kind of store is a database of the same kind as the storage's.
  conversations: [
    "config/settings.ts",
    "storage/embedded/database.ts",
    "storage/embedded/catalogue",
  ],
  tools: ["config/settings.ts"],
  doctor: [
    "auth/principal.ts",
    "auth/sign-in/provider.ts",
    "config/settings.ts",
    "config/sign-in-settings.ts",
    "models",
    "sources/embed.ts",
    "sources/source.ts",
    "storage/storage.ts",
    "tools/code-interpreter/choose-sandbox.ts",
    "tools/code-interpreter/code-interpreter.ts",
    "upstream",
  ],
  http: [
    "answer/find.ts",
    "answer/question.ts",
    "auth",
    "conversations/conversation-store.ts",
    "conversations/export.ts",
    "conversations/feedback-questions.ts",
    "conversations/snippet.ts",
    "conversations/title.ts",
    "config/settings.ts",
    "doctor/doctor.ts",
    "limits",
    "metrics",
    "ingest/document.ts",
    "models/deployments.ts",
    "models/model-upstream.ts",
    "models/parameters.ts",
    "models/refusals.ts",
    "storage/key-records.ts",
    "storage/response-records.ts",
    "sources/source.ts",
    "storage/storage.ts",
    "storage/usage-records.ts",
    "upstream",
    "usage",
  ],
  client: [],
  cli: ["client", "config"],
  testing: [
    "http",
    "conversations",
    "auth",
    "config",
    "search",
    "storage",
    "models",
    "answer",
    "ingest",
    "limits",
    "metrics",
    "sources",
    "tools",
    "upstream",
    "usage",
  ],
};
const OPEN_TO_ALL = ["protocol", "util"];
/** Files that may reach further, with what they need. */
const EXCEPTIONS: Record<string, string[]> = {
  "cli/commands/serve.ts": ["server.ts", "banner.ts"],
  "cli/commands/doctor.ts": ["doctor-services.ts"],
  "cli/connect.ts": ["server.ts"],
  "testing/http-services.ts": ["app.ts"],
  // The package's own entry: puts the steps together for users.
  "ingest/api.ts": ["storage/embedded/embedded.ts", "models", "config/settings.ts"],
};

const files = globSync("**/*.ts", { cwd: SRC }).filter((path) => !path.endsWith(".test.ts"));

/** `from "./x.ts"`, `import "./x.ts"`, `import("./x.ts")` and the modules of worker threads and child processes. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)"(\.[^"]+\.ts)"/gu;

function importsOf(path: string): string[] {
  const specifiers = [...sourceOf(path).matchAll(IMPORT)].map((match) => match[1] ?? "");
  return specifiers.map((specifier) => relative(SRC, join(SRC, dirname(path), specifier)));
}

function sourceOf(path: string): string {
  return readFileSync(join(SRC, path), "utf8");
}

function isAllowed(path: string, target: string): boolean {
  const folder = path.split("/")[0] ?? "";
  const allowed = [
    folder,
    ...OPEN_TO_ALL,
    ...(MAY_IMPORT[folder] ?? []),
    ...(EXCEPTIONS[path] ?? []),
  ];
  return allowed.some((name) => target === name || target.startsWith(`${name}/`));
}

test("no folder imports what it may not know", () => {
  const crossings = files
    .filter((path) => path.includes("/"))
    .flatMap((path) => importsOf(path).map((target) => ({ path, target })))
    .filter(({ path, target }) => !isAllowed(path, target))
    .map(({ path, target }) => `${path} → ${target}`);
  expect(crossings).toEqual([]);
});

test("every folder has its row", () => {
  const folders = files.filter((path) => path.includes("/")).map((path) => path.split("/")[0]);
  expect([...new Set(folders)].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
});

test("every exception is needed", () => {
  const idle = Object.entries(EXCEPTIONS).flatMap(([path, names]) =>
    names
      .filter((name) => !importsOf(path).some((target) => target.startsWith(name)))
      .map((name) => `${path} → ${name}`),
  );
  expect(idle).toEqual([]);
});

test.each([
  ["only config/env.ts reads the environment", /\bprocess\.env\b/u, ["config/env.ts"]],
  ["no file only hands on what others export", /^export (?:type )?(?:\*|\{[^}]*\}) from/mu, []],
  ["no file has a default export", /^export default\b/mu, []],
])("%s", (_name, pattern, expected) => {
  expect(files.filter((path) => pattern.test(sourceOf(path)))).toEqual(expected);
});
