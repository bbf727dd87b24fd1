import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
let store: string;
beforeAll(async () => {
  server = await startTestServer();
  store = await server.storeOf({
    "handbook.md": "# Leave\n\nFull-time employees get 27 days of annual leave a year.",
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const ask = (version: string, more: object = {}) =>
  server.call(
    "POST",
    `/openai/deployments/turbo/extensions/chat/completions?api-version=${version}`,
    {
      messages: [
        { role: "user", content: "How many days of annual leave do full-time employees get?" },
      ],
      dataSources: [
        {
          type: "file_search",
          parameters: { vectorStoreId: store, inScope: true, topNDocuments: 3 },
        },
      ],
      ...more,
    },
  );

/** What Microsoft's sample application of 2023 reads of a stream: each line that is not empty is JSON. */
function readAsOf2023June(text: string) {
  const events = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line.replace(/^data:/u, "")));
  const deltas = events.map(({ choices }) => choices[0].messages[0].delta);
  const tool = deltas.find(({ role }) => role === "tool");
  const texts = deltas.filter(({ role, content }) => role === undefined && content !== "[DONE]");
  return { tool, text: texts.map(({ content }) => content).join(""), last: deltas.at(-1) };
}

/** The same of the versions after it: a context is the first message, a role begins the second, content is added to it. */
function readAsOf2023August(text: string) {
  const events = text
    .split("\n\n")
    .filter(Boolean)
    .map((event) => event.slice(6));
  const messages: { role: string; content: string }[] = [];
  for (const event of events.slice(0, -1)) {
    const { delta, end_turn } = JSON.parse(event).choices[0];
    const [, assistant] = messages;
    if (delta.context) messages.push(delta.context.messages[0]);
    else if (delta.role) messages.push({ role: "assistant", content: "" });
    else if (!end_turn && assistant) assistant.content += delta.content;
    else if (!end_turn) throw new Error("content before its message");
  }
  return { messages, end: events.at(-1) };
}

describe("the protocol before 2024-02-15", () => {
  it("2023-06-01-preview: two messages, citations as JSON text in the first", async () => {
    const { status, json } = await ask("2023-06-01-preview");
    expect(status).toBe(200);
    const [tool, assistant] = json.choices[0].messages;
    expect([tool.role, tool.end_turn, assistant.role, assistant.end_turn]).toEqual([
      "tool",
      false,
      "assistant",
      true,
    ]);
    const { citations, intent } = JSON.parse(tool.content);
    expect(citations[0]).toMatchObject({ filepath: "handbook.md", id: null });
    expect(JSON.parse(intent)).toEqual([expect.any(String)]);
    expect(assistant.content).toContain("27 days of annual leave a year. [doc1]");
  });

  it("2023-06-01-preview streams what its clients read, to the last line", async () => {
    const whole = await ask("2023-06-01-preview");
    const { text } = await ask("2023-06-01-preview", { stream: true });
    const read = readAsOf2023June(text);
    expect(JSON.parse(read.tool.content).citations).toHaveLength(1);
    expect(read.text).toBe(whole.json.choices[0].messages[1].content);
    expect(read.last).toEqual({ content: "[DONE]" });
  });

  it.each(["2023-08-01-preview", "2023-12-01-preview", "2024-02-15-preview"])(
    "%s: one message with a context of messages",
    async (version) => {
      const { json } = await ask(version);
      const { message } = json.choices[0];
      expect(JSON.parse(message.context.messages[0].content).citations).toHaveLength(1);
      const read = readAsOf2023August((await ask(version, { stream: true })).text);
      expect(read.messages.map(({ role }) => role)).toEqual(["tool", "assistant"]);
      expect(read.messages[1]?.content).toBe(message.content);
      expect(read.end).toBe("[DONE]");
    },
  );

  it("needs data sources, and says so in the validator's words", async () => {
    const { status, json } = await ask("2023-06-01-preview", { dataSources: undefined });
    expect([status, json.error.message]).toEqual([
      400,
      "Validation error at #/dataSources: Field required",
    ]);
  });

  it("has its own versions: older ones are not found, and elsewhere they are not", async () => {
    expect((await ask("2023-05-15")).status).toBe(404);
    const path = "/openai/deployments/turbo/chat/completions?api-version=2023-06-01-preview";
    expect((await server.call("POST", path, { messages: [] })).status).toBe(404);
  });
});

it("citations that were put into the history are not taken for the result of a tool", async () => {
  const first = await ask("2023-06-01-preview");
  const messages = [
    { role: "user", content: "How many days of annual leave do full-time employees get?" },
    ...first.json.choices[0].messages,
    { role: "user", content: "How many days of annual leave do full-time employees get?" },
  ];
  for (const version of ["2023-06-01-preview", "2023-12-01-preview"]) {
    const { status, headers } = await ask(version, { messages });
    expect(status).toBe(200);
    expect(headers.get("x-groundwire-warnings") ?? "").not.toContain("tool message");
  }
  const { status, json } = await server.call("POST", "/openai/v1/chat/completions", {
    model: "o1",
    messages,
    data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
  });
  expect(status).toBe(200);
  expect(json.choices[0].message.content).toContain("[doc1]");
});
