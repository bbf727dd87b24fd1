import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Answer, startTestServer, type TestServer } from "./support/server.ts";

const LEAVE = "How many days of annual leave do full-time employees get?";
const NOTE = "When is a doctor's note needed?";

let folder: string;
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "groundwire-feedback-"));
  const config = join(folder, "groundwire.yaml");
  await writeFile(
    config,
    `
keys:
  - { name: ann, tenant: default, key: ann-key }
  - { name: bob, tenant: globex, key: bob-key }
  - { name: boss, tenant: default, key: boss-key, scopes: [chat, admin] }
`,
  );
  server = await startTestServer({ GROUNDWIRE_CONFIG: config }, { samples: true });
  await judge(await ask("ann-key", LEAVE), { thumb: "up" });
  const reasons = ["citations wrong", "inaccurate"];
  await judge(await ask("ann-key", NOTE), { thumb: "down", reasons, text: "Page 7 says no" });
  await judge(await ask("boss-key", LEAVE), { thumb: "down", reasons: ["other"] });
  await judge(await ask("bob-key", LEAVE), { thumb: "down", reasons: ["inaccurate"] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Asked {
  key: string;
  conversation: string;
  message: string | null;
}

const as = (key: string) => ({ "api-key": key });

async function ask(key: string, question: string): Promise<Asked> {
  const { json } = await server.call("POST", "/groundwire/conversations", {}, as(key));
  const { headers } = await server.call(
    "POST",
    "/openai/v1/chat/completions",
    {
      model: "o1",
      conversation_id: json.id,
      messages: [{ role: "user", content: question }],
      ...(key === "bob-key"
        ? {}
        : {
            data_sources: [
              { type: "file_search", parameters: { vector_store_id: "vs_samplehandbook" } },
            ],
          }),
    },
    as(key),
  );
  return { key, conversation: json.id, message: headers.get("x-groundwire-message-id") };
}

async function judge({ key, conversation, message }: Asked, feedback: object): Promise<void> {
  const path = `/groundwire/conversations/${conversation}/messages/${message}/feedback`;
  expect((await server.call("PUT", path, feedback, as(key))).status).toBe(200);
}

const feedback = (query = "", key = "boss-key", path = "/groundwire/feedback"): Promise<Answer> =>
  server.call("GET", `${path}${query}`, undefined, as(key));

describe("feedback of all callers", () => {
  it("is told to operators with its question, its answer and what that rested on", async () => {
    const { json } = await feedback("?thumb=down&reason=citations+wrong");
    expect(json).toMatchObject({ object: "list", has_more: false });
    expect(json.data).toMatchObject([
      {
        object: "conversation.feedback",
        tenant: "default",
        key: "ann",
        own: false,
        question: NOTE,
        message: {
          message: { role: "assistant", content: expect.stringContaining("[doc1]") },
          answer: { status: "completed" },
          feedback: { thumb: "down", text: "Page 7 says no" },
        },
      },
    ]);
    expect(json.data[0].message.answer.citations[0].filepath).toBe("handbook.md");
  });

  it("says which conversations the operator can open", async () => {
    const { json } = await feedback();
    const own = json.data.filter((entry: any) => entry.own);
    expect(own).toMatchObject([{ key: "boss", message: { feedback: { reasons: ["other"] } } }]);
    const [{ conversation_id: id }] = own;
    const path = `/groundwire/conversations/${id}`;
    expect((await server.call("GET", path, undefined, as("boss-key"))).status).toBe(200);
    for (const { conversation_id: other } of json.data.filter((entry: any) => !entry.own)) {
      const refused = `/groundwire/conversations/${other}`;
      expect((await server.call("GET", refused, undefined, as("boss-key"))).status).toBe(404);
    }
  });

  it("comes in pages", async () => {
    const seen: string[] = [];
    let after = "";
    for (let hasMore = true; hasMore;) {
      const { json } = await feedback(`?limit=1${after}`);
      expect(json.data).toHaveLength(1);
      expect([json.first_id, json.last_id]).toEqual([json.data[0].id, json.data[0].id]);
      seen.push(json.last_id);
      after = `&after=${json.last_id}`;
      hasMore = json.has_more;
    }
    expect(new Set(seen).size).toBe(4);
    expect(seen).toHaveLength(4);
  });

  it("is exported as questions for an evaluation, as it is filtered", async () => {
    const lines = async (query: string): Promise<any[]> => {
      const { text } = await feedback(query, "boss-key", "/groundwire/feedback/export");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    };
    expect(await lines("")).toHaveLength(4);
    expect(await lines("?limit=2")).toHaveLength(2);
    expect(await lines("?thumb=up")).toMatchObject([
      { question: LEAVE, history: [], gold: [{ file: expect.any(String) }] },
    ]);
    expect(await lines("?reason=inaccurate")).toHaveLength(2);
  });

  it("is told to nobody else", async () => {
    for (const key of ["ann-key", "bob-key"]) {
      expect((await feedback("", key)).status).toBe(403);
      expect((await feedback("", key, "/groundwire/feedback/export")).status).toBe(403);
    }
  });

  it.each([
    ["?thumb=sideways", "thumb"],
    ["?reason=ugly", "reason"],
    ["?limit=0", "limit"],
  ])("%s is refused by name", async (query, param) => {
    for (const path of ["/groundwire/feedback", "/groundwire/feedback/export"]) {
      const { status, json } = await feedback(query, "boss-key", path);
      expect([status, json.error.param]).toEqual([400, param]);
    }
  });
});
