import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Answer, startTestServer, type TestServer } from "./support/server.ts";

const CONFIGURATION = `
access: { field: group_ids }
keys:
  - { name: ann, tenant: acme, key: ann-key }
  - { name: bob, tenant: acme, key: bob-key }
  - { name: files, tenant: acme, key: files-key, scopes: [files] }
  - { name: hr, tenant: acme, key: hr-key, groups: [hr] }
  - { name: board, tenant: acme, key: board-key, groups: [hr, board] }
  - { name: eve, tenant: globex, key: eve-key }
`;
const LEAVE = "How many days of annual leave do full-time employees get?";

let folder: string;
let server: TestServer;
let store: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-shares-"));
  const path = join(folder, "groundwire.yaml");
  await writeFile(path, CONFIGURATION);
  server = await startTestServer({ GROUNDWIRE_CONFIG: path });
  store = (await call("ann", "POST", "/openai/v1/vector_stores", { name: "handbook" })).json.id;
  const form = new FormData();
  form.set("purpose", "assistants");
  form.set("file", new File(["Full-time employees get 25 days of annual leave."], "leave.md"));
  const uploaded = await fetch(`${server.url}/openai/v1/files`, {
    method: "POST",
    body: form,
    headers: { "api-key": "ann-key" },
  });
  const { id } = (await uploaded.json()) as { id: string };
  const attached = { file_id: id, attributes: { group_ids: "hr" } };
  await call("ann", "POST", `/openai/v1/vector_stores/${store}/files`, attached);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const call = (who: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  server.call(method, path, body, { "api-key": `${who}-key` });

async function ask(who: string, id: string, question: string): Promise<void> {
  const { status } = await call(who, "POST", "/openai/v1/chat/completions", {
    model: "groundwire",
    conversation_id: id,
    messages: [
      { role: "system", content: "A secret instruction." },
      { role: "user", content: question },
    ],
    data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
  });
  expect(status).toBe(200);
}

async function begin(who: string, ...questions: string[]): Promise<string> {
  const { json } = await call(who, "POST", "/groundwire/conversations", { title: "Leave" });
  for (const question of questions) await ask(who, json.id, question);
  return json.id;
}

const shareOf = (who: string, id: string, method = "POST"): Promise<Answer> =>
  call(who, method, `/groundwire/conversations/${id}/share`);
const read = (who: string, path: string): Promise<Answer> => call(who, "GET", `/groundwire${path}`);

describe("a shared conversation", () => {
  it("is read by members of the tenant, with its passages, and without who asked or what it took", async () => {
    const id = await begin("ann", LEAVE);
    const { status, json: share } = await shareOf("ann", id);
    expect(status).toBe(201);
    const { status: found, headers, json, text } = await read("bob", share.path);
    expect(found).toBe(200);
    expect(json).toMatchObject({ object: "conversation.shared", title: "Leave" });
    expect(json.messages).toMatchObject([
      { role: "user", content: LEAVE, citations: [], status: null },
      { role: "assistant", status: "completed", citations: [{ title: "leave.md" }] },
    ]);
    expect(json.messages[1].citations[0].content).toContain("25 days");
    expect(text).not.toMatch(/secret instruction|\bann\b|usage|feedback|metadata|model|retrieved/u);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-robots-tag")).toBe("noindex, nofollow");
  });

  it("is there for nobody else", async () => {
    const { json: share } = await shareOf("ann", await begin("ann", LEAVE));
    expect((await read("eve", share.path)).status).toBe(404);
    expect((await read("files", share.path)).status).toBe(403);
    expect((await server.call("GET", `/groundwire${share.path}`)).status).toBe(401);
  });

  it("ends where it was shared; shared again it keeps its address", async () => {
    const id = await begin("ann", LEAVE);
    const { json: share } = await shareOf("ann", id);
    await ask("ann", id, "And for part-timers?");
    const lengthNow = async (): Promise<number> =>
      (await read("bob", share.path)).json.messages.length;
    expect(await lengthNow()).toBe(2);
    expect((await shareOf("ann", id)).json.path).toBe(share.path);
    expect(await lengthNow()).toBe(4);
  });

  it("is gone when sharing stops, and its address does not come back", async () => {
    const id = await begin("ann", LEAVE);
    const { json: share } = await shareOf("ann", id);
    expect((await shareOf("ann", id, "GET")).json).toEqual(share);
    expect((await shareOf("ann", id, "DELETE")).json).toMatchObject({ deleted: true });
    expect((await shareOf("ann", id, "GET")).status).toBe(404);
    expect((await read("bob", share.path)).status).toBe(404);
    expect((await shareOf("ann", id)).json.path).not.toBe(share.path);
    expect((await read("bob", share.path)).status).toBe(404);
  });

  it("is gone with the conversation", async () => {
    const id = await begin("ann", LEAVE);
    const { json: share } = await shareOf("ann", id);
    await call("ann", "DELETE", `/groundwire/conversations/${id}`);
    expect((await read("bob", share.path)).status).toBe(404);
  });

  it("is shared by its owner only, and only when it has messages", async () => {
    const id = await begin("ann", LEAVE);
    for (const method of ["POST", "GET", "DELETE"]) {
      expect((await shareOf("bob", id, method)).status).toBe(404);
      expect((await shareOf("eve", id, method)).status).toBe(404);
    }
    expect((await shareOf("ann", await begin("ann"))).status).toBe(400);
  });

  it("is not read by who may see fewer documents than who shares it", async () => {
    const all = (await shareOf("ann", await begin("ann", LEAVE))).json.path;
    const hr = (await shareOf("hr", await begin("hr", LEAVE))).json.path;
    const board = (await shareOf("board", await begin("board", LEAVE))).json.path;
    const statusFor = async (who: string): Promise<number[]> =>
      Promise.all([all, hr, board].map(async (path) => (await read(who, path)).status));
    expect(await statusFor("bob")).toEqual([200, 200, 200]);
    expect(await statusFor("board")).toEqual([403, 200, 200]);
    expect(await statusFor("hr")).toEqual([403, 200, 403]);
  });

  it.each([
    ["nothing", ""],
    ["its id", "{id}"],
    ["half a secret", "{id}-{half}"],
    ["another secret", "{id}-00000000000000000000000000000000"],
    ["a secret in other letters", "{id}-{upper}"],
    ["the way up", "..%2f..%2fconversations%2f{id}"],
    ["a zero byte", "{id}%00-{secret}"],
    ["a pattern", "conv_*-{secret}"],
    ["the prototype", "__proto__"],
    ["a thousand letters", "a".repeat(1000)],
  ])("is not opened by %s", async (_name, pattern) => {
    const id = await begin("ann", LEAVE);
    const { json: share } = await shareOf("ann", id);
    const secret: string = share.path.slice(share.path.lastIndexOf("-") + 1);
    const token = pattern
      .replace("{id}", id)
      .replace("{half}", secret.slice(0, 16))
      .replace("{upper}", secret.toUpperCase())
      .replace("{secret}", secret);
    const { status, text } = await read("bob", `/shared/${token}`);
    expect(status).toBe(404);
    expect(text).not.toContain("25 days");
  });
});
