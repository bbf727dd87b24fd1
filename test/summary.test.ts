import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ScriptedUpstream, startScriptedUpstream } from "../src/testing/scripted-upstream.ts";
import { jsonReply, streamedText } from "./conformance/support/model-replies.ts";
import { startTestServer, type Answer, type TestServer } from "./support/server.ts";

/** About 300 tokens, so that ten questions and answers are more than a grounded prompt has room for. */
const LONG = (topic: string): string =>
  `${topic}: ${Array.from({ length: 60 }, (_, index) => `point ${index} of ${topic}`).join(", ")}.`;

describe("the summary of a long conversation", () => {
  let folder: string;
  let server: TestServer;
  let model: ScriptedUpstream;
  let storeId: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "groundwire-summary-"));
    model = await startScriptedUpstream();
    await writeFile(
      join(folder, "groundwire.yaml"),
      `conversations: { summary: { deployment: small } }
answering: { rewriting: { by: rules } }
deployments:
  main: { upstreams: [{ type: openai, base_url: "${model.baseUrl}", model: gpt-4o }] }
  small: { upstreams: [{ type: openai, base_url: "${model.baseUrl}", model: gpt-4o-mini }], retries: 0 }
`,
    );
    server = await startTestServer({ GROUNDWIRE_CONFIG: join(folder, "groundwire.yaml") });
    storeId = await server.storeOf({
      "leave.md": "# Leave\n\nFull-time employees get 25 days of annual leave.\n",
    });
    model.otherwise((reply, call) => {
      const isSummary = call.body.model === "gpt-4o-mini";
      const number = summaryCalls().length;
      streamedText([isSummary ? `Summary ${number}.` : "25 days [doc1]."])(reply, call);
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const summaryCalls = (): any[] =>
    model.calls.filter(({ body }) => body.model === "gpt-4o-mini").map(({ body }) => body);
  const lastPrompt = (): any[] =>
    model.calls.findLast(({ body }) => body.model === "gpt-4o")?.body.messages;
  const begin = async (): Promise<string> =>
    (await server.call("POST", "/groundwire/conversations", {})).json.id;
  const ask = (id: string | null, content: string, more: object = {}): Promise<Answer> =>
    server.call("POST", "/openai/v1/chat/completions", {
      model: "main",
      ...(id === null ? {} : { conversation_id: id }),
      messages: [{ role: "user", content }],
      data_sources: [
        { type: "file_search", parameters: { vector_store_id: storeId, in_scope: false } },
      ],
      ...more,
    });
  /** Asks about so many topics, then about annual leave. */
  const talk = async (id: string, topics: number, more: object = {}): Promise<Answer> => {
    for (let topic = 0; topic < topics; topic++) await ask(id, LONG(`annual leave ${topic}`), more);
    return ask(id, "How many days of annual leave do full-time employees get?", more);
  };

  it("stands for the turns that have no room, is kept, and is taken further only when it must be", async () => {
    const id = await begin();
    const before = summaryCalls().length;
    await talk(id, 8);
    const written = summaryCalls().slice(before);
    expect(written.length).toBeGreaterThanOrEqual(1);
    expect(written.length).toBeLessThan(4);
    expect(written[0].messages.at(-1).content).toContain("user: annual leave 0: point 0");
    // Markers of earlier answers name documents the model will not see.
    expect(written[0].messages.at(-1).content).not.toContain("[doc1]");

    const [system, first, ...rest] = lastPrompt();
    expect(system.role).toBe("system");
    expect(first.role).toBe("user");
    expect(first.content[0].text).toContain(`Summary ${before + written.length}.`);
    expect(JSON.stringify(rest)).not.toContain("annual leave 0:");
    // What the summary stands for is not there as well, and what comes after it is whole.
    expect(JSON.stringify(lastPrompt())).toContain("annual leave 7: point 0");

    const kept = (await server.call("GET", `/groundwire/conversations/${id}`)).json.messages;
    expect(kept.filter(({ message }: any) => message.role === "user")).toHaveLength(9);
    const summaries = kept.flatMap(({ answer }: any) => answer?.summary ?? []);
    expect(summaries).toHaveLength(written.length);
    expect(summaries[0]).toEqual({ text: `Summary ${before + 1}.`, questions: expect.any(Number) });

    // The next one is made of the one before and of what was said since.
    if (written.length > 1) {
      const next = written[1].messages.at(-1).content;
      expect(next).toContain(`Summary ${before + 1}.`);
      expect(next).not.toContain("annual leave 0:");
    }
    await ask(id, "And part-time employees?");
    expect(summaryCalls()).toHaveLength(before + written.length);
  });

  it("is not made for short conversations, for others than kept ones, and where the caller chose a window", async () => {
    const before = summaryCalls().length;
    await talk(await begin(), 1);
    await talk(await begin(), 8, {
      truncation_strategy: { type: "last_messages", last_messages: 3 },
    });
    const messages = Array.from({ length: 20 }, (_, index) => ({
      role: index % 2 === 0 ? "user" : "assistant",
      content: LONG(`annual leave ${index}`),
    }));
    await ask(null, "", { messages: [...messages, { role: "user", content: "Annual leave?" }] });
    expect(summaryCalls()).toHaveLength(before);
  });

  it("belongs to its branch: an earlier question asked anew goes on without it", async () => {
    const id = await begin();
    await talk(id, 8);
    const { messages } = (await server.call("GET", `/groundwire/conversations/${id}`)).json;
    const before = summaryCalls().length;
    await ask(id, "And on Sundays?", { parent_message_id: messages[1].id });
    expect(JSON.stringify(lastPrompt())).not.toContain("summary_of_earlier_conversation");
    expect(JSON.stringify(lastPrompt())).toContain("annual leave 0: point 0");
    expect(summaryCalls()).toHaveLength(before);
  });

  it("is done without when its model fails: the oldest turns are left out, and a warning says why", async () => {
    const id = await begin();
    for (let topic = 0; topic < 3; topic++) await ask(id, LONG(`annual leave ${topic}`));
    const answerer = model.calls.length;
    model.otherwise((reply, call) =>
      (call.body.model === "gpt-4o-mini"
        ? jsonReply({ error: { message: "overloaded" } }, { status: 503 })
        : streamedText(["25 days [doc1]."]))(reply, call),
    );
    let reply: Answer | null = null;
    for (let topic = 3; topic < 9; topic++) reply = await ask(id, LONG(`annual leave ${topic}`));
    expect(reply?.status).toBe(200);
    expect(reply?.headers.get("x-groundwire-warnings")).toContain("could not be summarised");
    expect(model.calls.length).toBeGreaterThan(answerer);
    expect(JSON.stringify(lastPrompt())).not.toContain("annual leave 0: point 0");
  });
});

it("a reasoning model is asked for a summary in the parameters of its family", async () => {
  const folder = await mkdtemp(join(tmpdir(), "groundwire-summary-"));
  await using model = await startScriptedUpstream();
  model.otherwise((reply, call) =>
    streamedText([call.body.model === "o3-mini" ? "So far." : "25 days."])(reply, call),
  );
  const upstream = (name: string): string =>
    `{ upstreams: [{ type: openai, base_url: "${model.baseUrl}", model: ${name} }] }`;
  await writeFile(
    join(folder, "groundwire.yaml"),
    `conversations: { summary: { deployment: thinker } }
answering: { rewriting: { by: rules } }
deployments:
  main: ${upstream("gpt-4o")}
  thinker: ${upstream("o3-mini")}
`,
  );
  try {
    await using server = await startTestServer({
      GROUNDWIRE_CONFIG: join(folder, "groundwire.yaml"),
    });
    const storeId = await server.storeOf({ "leave.md": "# Leave\n\n25 days of annual leave.\n" });
    const { id } = (await server.call("POST", "/groundwire/conversations", {})).json;
    for (let topic = 0; topic < 9; topic++) {
      const reply = await server.call("POST", "/openai/v1/chat/completions", {
        model: "main",
        conversation_id: id,
        temperature: 0.2,
        messages: [{ role: "user", content: LONG(`annual leave ${topic}`) }],
        data_sources: [
          { type: "file_search", parameters: { vector_store_id: storeId, in_scope: false } },
        ],
      });
      expect(reply.status).toBe(200);
    }
    const asked = model.calls.filter(({ body }) => body.model === "o3-mini");
    expect(asked.length).toBeGreaterThan(0);
    for (const { body } of asked) {
      expect(body.max_completion_tokens).toBeGreaterThan(0);
      expect(body).not.toHaveProperty("max_tokens");
      expect(body).not.toHaveProperty("temperature");
      expect(body).not.toHaveProperty("top_p");
    }
    const kept = (await server.call("GET", `/groundwire/conversations/${id}`)).json.messages;
    const summaries = kept.flatMap(({ answer }: any) => answer?.summary ?? []);
    expect(summaries.map(({ text }: any) => text)).toContain("So far.");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
