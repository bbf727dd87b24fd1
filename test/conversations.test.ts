import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type ScriptedUpstream, startScriptedUpstream } from "../src/testing/scripted-upstream.ts";
import { streamedText } from "./conformance/support/model-replies.ts";
import { startTestServer, type Answer, type TestServer } from "./support/server.ts";

const HANDBOOK = "# Leave\n\nFull-time employees get 25 days of annual leave.\n";
const QUESTION = "How many days of annual leave do full-time employees get?";

describe("conversations", () => {
  let server: TestServer;
  let model: ScriptedUpstream;
  let storeId: string;
  beforeAll(async () => {
    model = await startScriptedUpstream();
    server = await startTestServer({ OPENAI_BASE_URL: model.baseUrl });
    storeId = await server.storeOf({ "leave.md": HANDBOOK });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
  });

  const begin = async (body: object = {}): Promise<string> =>
    (await server.call("POST", "/groundwire/conversations", body)).json.id;
  const read = async (id: string): Promise<any> =>
    (await server.call("GET", `/groundwire/conversations/${id}`)).json;
  const ask = (id: string, body: object): Promise<Answer> =>
    server.call("POST", "/openai/v1/chat/completions", {
      model: "gpt-4o",
      conversation_id: id,
      ...body,
    });
  const say = (content: string): object => ({ messages: [{ role: "user", content }] });

  it("keep what a message says of its files, of which the model is told nothing", async () => {
    const id = await begin();
    const attachments = [{ file_id: "file-1", filename: "data.csv" }];
    for (const content of ["What is in it?", "And besides?"]) {
      model.next(streamedText(["Figures."]));
      await ask(id, { messages: [{ role: "user", content, attachments }] });
    }
    const { messages } = await read(id);
    expect(messages[0].message).toEqual({ role: "user", content: "What is in it?", attachments });
    expect(JSON.stringify(model.calls.at(-1)?.body)).not.toContain("attachments");
  });

  it("are kept by the server: only what is new is sent, and the model gets all of it", async () => {
    const id = await begin();
    model.next(streamedText(["In ", "Norway."]));
    const first = await ask(id, {
      messages: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: "Where is Bergen?" },
      ],
    });
    expect(first.json.choices[0].message.content).toBe("In Norway.");
    expect(first.headers.get("x-groundwire-conversation-id")).toBe(id);

    model.next(streamedText(["By the sea."]));
    await ask(id, say("And where there?"));
    expect(model.calls.at(-1)?.body.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Where is Bergen?" },
      { role: "assistant", content: "In Norway." },
      { role: "user", content: "And where there?" },
    ]);

    model.next(streamedText(["Near the North Sea, in Norway."]));
    await ask(id, {
      messages: [
        { role: "developer", content: "Be thorough." },
        { role: "user", content: "Say more." },
      ],
    });
    const { messages } = model.calls.at(-1)?.body ?? {};
    expect(messages[0]).toEqual({ role: "system", content: "Be thorough." });
    expect(messages.filter(({ role }: any) => role === "system")).toHaveLength(1);

    const kept = await read(id);
    expect(kept.title).toBe("Where is Bergen?");
    expect(kept.messages.map(({ message }: any) => message.role)).toEqual(
      "developer user assistant user assistant developer user assistant".split(" "),
    );
    expect(kept.leaf_message_id).toBe(kept.messages.at(-1).id);
  });

  it("keep what an answer rested on, what it cost, and its streamed words", async () => {
    const id = await begin();
    model.next(streamedText(["25 days [do", "c1]."]));
    const reply = await ask(id, {
      ...say(QUESTION),
      stream: true,
      data_sources: [{ type: "file_search", parameters: { vector_store_id: storeId } }],
    });
    const answerId = reply.headers.get("x-groundwire-message-id");
    const answer = (await read(id)).messages.at(-1);
    expect(answer).toMatchObject({
      id: answerId,
      message: { role: "assistant", content: "25 days [doc1]." },
      answer: {
        status: "completed",
        finish_reason: "stop",
        citations: [{ filepath: "leave.md" }],
        usage: { total_tokens: 29 },
      },
    });
    expect(answer.answer.citations[0].content).toContain("25 days");
    expect(answer.answer.retrieved[0]).toMatchObject({ filepath: "leave.md" });
  });

  it("give the words of everything that was found with one message, and in the export", async () => {
    const id = await begin();
    model.next(streamedText(["25 days [doc1]."]));
    const data_sources = [{ type: "file_search", parameters: { vector_store_id: storeId } }];
    await ask(id, { ...say(QUESTION), data_sources });
    const listed = (await read(id)).messages.at(-1);
    expect(listed.answer.retrieved[0]).not.toHaveProperty("content");

    const path = `/groundwire/conversations/${id}`;
    const { json: whole } = await server.call("GET", `${path}/messages/${listed.id}`);
    const [found] = whole.answer.retrieved;
    expect(found.content).toContain("25 days");
    const { content: _words, ...rest } = found;
    expect({ ...whole, answer: { ...whole.answer, retrieved: [rest] } }).toEqual(listed);
    const { json: exported } = await server.call("GET", `${path}/export?format=json`);
    expect(exported.messages.at(-1)).toEqual(whole);

    const missing = await server.call("GET", `${path}/messages/msg_none`);
    expect(missing.status).toBe(404);
    expect(missing.json.error.message).toContain("msg_none");
  });

  it("keep how an answer came to be, where it was asked for", async () => {
    const data_sources = [{ type: "file_search", parameters: { vector_store_id: storeId } }];
    const keptOf = async (headers: Record<string, string>): Promise<any> => {
      const id = await begin();
      model.next(streamedText(["25 days [doc1]."]));
      const body = { model: "gpt-4o", conversation_id: id, ...say(QUESTION), data_sources };
      await server.call("POST", "/openai/v1/chat/completions", body, headers);
      return (await read(id)).messages.at(-1).answer;
    };
    expect(await keptOf({})).not.toHaveProperty("trace");
    const { trace } = await keptOf({ "x-groundwire-trace": "1" });
    expect(trace.passages[0]).toMatchObject({ filepath: "leave.md", outcome: "used" });
  });

  it("branch: a question edited, an answer made again, the one or the other gone on from", async () => {
    const id = await begin();
    model.next(streamedText(["One."]));
    await ask(id, say("First?"));
    const [question, one] = (await read(id)).messages;
    model.next(streamedText(["Two."]));
    await ask(id, { messages: [] });
    model.next(streamedText(["Three."]));
    await ask(id, { ...say("First, edited?"), parent_message_id: null });
    const { messages } = await read(id);
    const shown = messages.map(({ message, parent_id: parent }: any) => [message.content, parent]);
    expect(shown.slice(0, 3)).toEqual([
      ["First?", null],
      ["One.", question.id],
      ["Two.", question.id],
    ]);
    expect(shown[3]).toEqual(["First, edited?", null]);

    await server.call("PATCH", `/groundwire/conversations/${id}`, { leaf_message_id: one.id });
    model.next(streamedText(["Four."]));
    await ask(id, say("Then?"));
    expect(model.calls.at(-1)?.body.messages.map(({ content }: any) => content)).toEqual([
      "First?",
      "One.",
      "Then?",
    ]);
  });

  it("keep a tool call with its result", async () => {
    const id = await begin();
    model.next((reply) =>
      reply.writeHead(200, { "content-type": "application/json" }).end(
        JSON.stringify({
          choices: [
            {
              index: 0,
              finish_reason: "tool_calls",
              message: {
                role: "assistant",
                content: null,
                tool_calls: [
                  { id: "call_1", type: "function", function: { name: "w", arguments: "{}" } },
                ],
              },
            },
          ],
        }),
      ),
    );
    const tools = [{ type: "function", function: { name: "w", parameters: {} } }];
    await ask(id, { ...say("Rain?"), tools });
    model.next(streamedText(["Yes."]));
    await ask(id, {
      tools,
      messages: [{ role: "tool", tool_call_id: "call_1", content: "rain" }],
    });
    expect(model.calls.at(-1)?.body.messages.map(({ role }: any) => role)).toEqual([
      "user",
      "assistant",
      "tool",
    ]);
  });

  it("take one question at a time, and lose none that fails or is stopped", async () => {
    const id = await begin();
    model.next(() => undefined); // says nothing
    const controller = new AbortController();
    const stopped = fetch(`${server.url}/openai/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o", conversation_id: id, ...say("First?") }),
      signal: controller.signal,
    });
    await expect.poll(() => read(id).then(({ messages }) => messages.length)).toBe(1);
    const second = await ask(id, say("Second?"));
    expect([second.status, second.json.error.code]).toEqual([409, "conflict"]);
    controller.abort();
    await expect(stopped).rejects.toThrow();
    await expect
      .poll(() => read(id).then(({ messages }) => messages.at(-1).answer?.status))
      .toBe("stopped");

    model.next((reply) => reply.writeHead(400).end('{"error":{"message":"no"}}'));
    expect((await ask(id, say("Third?"))).status).toBeGreaterThanOrEqual(400);
    expect((await read(id)).messages.at(-1).answer).toMatchObject({ status: "failed" });
    model.next(streamedText(["Yes."]));
    await ask(id, say("Fourth?"));
    expect(model.calls.at(-1)?.body.messages.map(({ content }: any) => content)).toEqual([
      "First?",
      "Third?",
      "Fourth?",
    ]);
  });

  it("are listed, searched with snippets, renamed, pinned and deleted", async () => {
    const id = await begin({ title: "Harbour" });
    model.next(streamedText(["The zeppelin leaves at noon."]));
    await ask(id, say("When?"));
    const found = await server.call("GET", "/groundwire/conversations?search=ZEPPELIN");
    expect(found.json.data).toMatchObject([{ id, snippet: "The zeppelin leaves at noon." }]);
    const path = `/groundwire/conversations/${id}`;
    await server.call("PATCH", path, { title: "Airships", pinned: true });
    const [first] = (await server.call("GET", "/groundwire/conversations?limit=1")).json.data;
    expect(first).toMatchObject({ id, title: "Airships", pinned: true });
    expect((await server.call("DELETE", path)).json).toMatchObject({ id, deleted: true });
    expect((await server.call("GET", path)).status).toBe(404);
    expect((await ask(id, say("When?"))).status).toBe(404);
  });

  it("are forked, and exported with their sources", async () => {
    const id = await begin();
    model.next(streamedText(["25 days [doc1]."]));
    await ask(id, {
      ...say(QUESTION),
      data_sources: [{ type: "file_search", parameters: { vector_store_id: storeId } }],
    });
    const { messages } = await read(id);
    const fork = await server.call("POST", `/groundwire/conversations/${id}/fork`, {
      message_id: messages.at(-1).id,
    });
    expect(fork.status).toBe(201);
    expect((await read(fork.json.id)).messages.map(({ message }: any) => message.content)).toEqual([
      QUESTION,
      "25 days [doc1].",
    ]);
    const markdown = await server.call(
      "GET",
      `/groundwire/conversations/${id}/export?format=markdown`,
    );
    expect(markdown.text).toContain(`## ${QUESTION}\n\n25 days [1].\n\nSources:\n\n1. Leave`);
    const json = await server.call("GET", `/groundwire/conversations/${id}/export?format=json`);
    expect(json.json.messages).toHaveLength(2);
  });

  it("carry feedback, which whoever runs the server exports as questions", async () => {
    const id = await begin();
    model.next(streamedText(["25 days [doc1]."]));
    const reply = await ask(id, {
      ...say(QUESTION),
      data_sources: [{ type: "file_search", parameters: { vector_store_id: storeId } }],
    });
    const answerId = reply.headers.get("x-groundwire-message-id");
    const path = `/groundwire/conversations/${id}/messages/${answerId}/feedback`;
    const given = await server.call("PUT", path, { thumb: "up" });
    expect(given.json.feedback).toMatchObject({ thumb: "up", reasons: [], text: null });
    const list = await server.call("GET", "/groundwire/feedback?limit=1");
    expect(list.json.data).toMatchObject([{ id: answerId, question: QUESTION }]);
    const exported = await server.call("GET", "/groundwire/feedback/export");
    expect(JSON.parse(exported.text.split("\n")[0] ?? "")).toMatchObject({
      question: QUESTION,
      history: [],
      gold: [{ file: "leave.md" }],
    });
    const wrong = await server.call("PUT", path, { thumb: "down", reasons: ["ugly"] });
    expect([wrong.status, wrong.json.error.param]).toEqual([400, "reasons[0]"]);
    await server.call("DELETE", path);
    expect((await read(id)).messages.at(-1).feedback).toBeNull();
  });
});

describe("conversations of other keys", () => {
  it("are not there", async () => {
    await using server = await startTestServer({
      GROUNDWIRE_API_KEYS: "acme/ann:secret-a,acme/bob:secret-b",
    });
    const as = (key: string) => ({ "api-key": key });
    const { json } = await server.call("POST", "/groundwire/conversations", {}, as("secret-a"));
    const path = `/groundwire/conversations/${json.id}`;
    expect((await server.call("GET", path, undefined, as("secret-a"))).status).toBe(200);
    for (const [method, suffix] of [
      ["GET", ""],
      ["DELETE", ""],
      ["GET", "/export"],
    ] as const) {
      const reply = await server.call(method, path + suffix, undefined, as("secret-b"));
      expect(reply.status).toBe(404);
    }
    const body = {
      model: "x",
      conversation_id: json.id,
      messages: [{ role: "user", content: "Hi" }],
    };
    const asked = await server.call("POST", "/openai/v1/chat/completions", body, as("secret-b"));
    expect(asked.status).toBe(404);
    const feedback = await server.call("GET", "/groundwire/feedback", undefined, as("secret-a"));
    expect(feedback.status).toBe(403);
  });
});
