import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ScriptedUpstream, startScriptedUpstream } from "../src/testing/scripted-upstream.ts";
import { answerWith } from "./support/model-answers.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

/**
 * Documents, function tools, a format for the answer, reasoning and streaming in one request: what the service refused one by one.
 * The upstream checks what it receives, as the API it stands for does.
 */
const HANDBOOK = `# Leave policy

Full-time employees get 27 days of annual leave a year.
`;
const QUESTION = "How many days of annual leave do full-time employees get?";
const TOOL = {
  type: "function",
  function: {
    name: "book_leave",
    description: "Books leave",
    parameters: { type: "object", properties: { days: { type: "integer" } }, required: ["days"] },
  },
};
const FORMAT = {
  type: "json_schema",
  json_schema: {
    name: "leave",
    strict: true,
    schema: {
      type: "object",
      properties: { days: { type: "integer" }, source: { type: "string" } },
      required: ["days", "source"],
      additionalProperties: false,
    },
  },
};
const CALL = {
  id: "call_1",
  type: "function",
  function: { name: "book_leave", arguments: '{"days":2}' },
};

/** What a model of the family must have received. */
function checkRequest(body: any, { family, effort }: { family: Family; effort?: string }): void {
  const isReasoning = family !== "gpt-4o";
  expect(body.model).toBe(family);
  expect(body.messages[0].role).toBe(isReasoning ? "developer" : "system");
  for (const foreign of ["data_sources", "tool_resources", "truncation_strategy"])
    expect(body).not.toHaveProperty(foreign);
  expect(body[isReasoning ? "max_completion_tokens" : "max_tokens"]).toBe(800);
  expect(body).not.toHaveProperty(isReasoning ? "max_tokens" : "max_completion_tokens");
  expect("temperature" in body).toBe(!isReasoning);
  expect(body.reasoning_effort).toBe(isReasoning ? effort : undefined);
  const asked = body.messages.findLast(({ role }: { role: string }) => role === "user");
  expect(asked.content[0].text).toContain("27 days of annual leave");
  expect(asked.content.at(-1).text).toBe(QUESTION);
}

const FAMILIES = ["gpt-4o", "o1", "gpt-5"] as const;
type Family = (typeof FAMILIES)[number];

interface Seen {
  content: string | null;
  reasoning: string;
  calls: any[];
  finish: string;
  citations: any[];
}

let upstream: ScriptedUpstream;
let server: TestServer;
let store: string;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  server = await startTestServer({ OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "k" });
  store = await server.storeOf({ "handbook.md": HANDBOOK });
});
afterAll(async () => {
  for (const open of [server, upstream]) await open[Symbol.asyncDispose]();
});
beforeEach(() => void upstream.calls.splice(0));

async function ask(family: Family, stream: boolean, more: object = {}): Promise<Seen> {
  const { status, json, text } = await server.call(
    "POST",
    `/openai/deployments/${family}/chat/completions?api-version=2025-04-01-preview`,
    {
      messages: [{ role: "user", content: QUESTION }],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
      max_tokens: 800,
      temperature: 0.2,
      reasoning_effort: "medium",
      stream,
      ...more,
    },
  );
  expect(status).toBe(200);
  if (!stream) {
    const [{ message, finish_reason: finish }] = json.choices;
    return {
      content: message.content,
      reasoning: message.reasoning_content ?? "",
      calls: message.tool_calls ?? [],
      finish,
      citations: message.context.citations,
    };
  }
  expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  return readStream(text);
}

function readStream(text: string): Seen {
  const seen: Seen = { content: "", reasoning: "", calls: [], finish: "", citations: [] };
  for (const event of text.split("\n\n").filter((line) => line.startsWith("data: {"))) {
    const [{ delta, finish_reason: finish }] = JSON.parse(event.slice(6)).choices;
    seen.citations = delta.context?.citations ?? seen.citations;
    seen.content += delta.content ?? "";
    seen.reasoning += delta.reasoning_content ?? "";
    seen.finish = finish ?? seen.finish;
    for (const { index, function: called, ...more } of delta.tool_calls ?? []) {
      seen.calls[index] ??= { ...more, function: { name: called.name, arguments: "" } };
      seen.calls[index].function.arguments += called.arguments;
    }
  }
  return seen;
}

describe.each(FAMILIES)("%s, asked from documents", (family) => {
  describe.each([[false], [true]])("streamed: %s", (stream) => {
    const reasoning = family === "gpt-4o" ? {} : { reasoning: "The handbook says 27." };

    it("answers, with markers and thoughts", async () => {
      upstream.next(answerWith({ ...reasoning, content: "You get 27 days [doc1], not [doc4]." }));
      const seen = await ask(family, stream);
      checkRequest(upstream.calls[0]?.body, { family, effort: "medium" });
      expect(seen).toMatchObject({
        content: "You get 27 days [doc1], not.",
        finish: "stop",
        calls: [],
      });
      expect(seen.reasoning).toBe(reasoning.reasoning ?? "");
      expect(seen.citations).toHaveLength(1);
    });

    it("calls a function that was offered beside documents and a format", async () => {
      upstream.next(answerWith({ ...reasoning, calls: [CALL] }));
      const more = { tools: [TOOL], tool_choice: "auto", response_format: FORMAT };
      const seen = await ask(family, stream, more);
      const { body } = upstream.calls[0] ?? {};
      checkRequest(body, { family, effort: "medium" });
      expect(body).toMatchObject({ tools: [TOOL], tool_choice: "auto", response_format: FORMAT });
      expect(seen).toMatchObject({ finish: "tool_calls", calls: [CALL] });
      expect(seen.content ?? "").toBe("");
      expect(seen.citations).toHaveLength(1);
    });

    it("answers from the result of a function and from documents, in a format", async () => {
      const content = '{"days":27,"source":"[doc1] and the calendar"}';
      upstream.next(answerWith({ ...reasoning, content }));
      const messages = [
        { role: "user", content: QUESTION },
        { role: "assistant", content: null, tool_calls: [CALL] },
        { role: "tool", tool_call_id: CALL.id, content: "booked" },
      ];
      const seen = await ask(family, stream, { messages, tools: [TOOL], response_format: FORMAT });
      const { body } = upstream.calls[0] ?? {};
      checkRequest(body, { family, effort: "medium" });
      expect(body.messages.slice(-2)).toMatchObject([
        { tool_calls: [CALL] },
        { role: "tool", content: "booked" },
      ]);
      expect(JSON.parse(seen.content ?? "")).toEqual(JSON.parse(content));
      expect(seen.finish).toBe("stop");
    });

    it("answers in a format, which is never refused however little of it stands in the documents", async () => {
      const content = '{"days":3,"source":"somewhere else entirely, invented on the spot"}';
      upstream.next(answerWith({ ...reasoning, content }));
      const seen = await ask(family, stream, { response_format: FORMAT });
      expect(JSON.parse(seen.content ?? "")).toEqual(JSON.parse(content));
    });

    it("is given functions and hosted tools alike", async () => {
      upstream.next(answerWith({ ...reasoning, content: "27 days [doc1]." }));
      const tools = [TOOL, { type: "file_search" }];
      const seen = await ask(family, stream, {
        tools,
        tool_resources: { file_search: { vector_store_ids: [store] } },
      });
      const [own, hosted, ...others] = upstream.calls[0]?.body.tools ?? [];
      expect(own).toEqual(TOOL);
      expect(hosted.function).toMatchObject({ name: "file_search" });
      expect(others).toEqual([]);
      expect(seen.citations).toHaveLength(1);
    });
  });

  it("searches deeper at high effort, and writes queries with little", async () => {
    upstream.next(answerWith({ content: '["annual leave days full-time employees"]' }));
    upstream.next(answerWith({ content: "27 days [doc1]." }));
    await ask(family, false, { reasoning_effort: "high" });
    const [rewriting, answering] = upstream.calls.map(({ body }) => body);
    expect(rewriting.reasoning_effort).toBe(
      { "gpt-4o": undefined, o1: "low", "gpt-5": "minimal" }[family],
    );
    for (const absent of ["tools", "response_format", "data_sources"])
      expect(rewriting).not.toHaveProperty(absent);
    checkRequest(answering, { family, effort: "high" });
  });
});

it("several calls at once keep their order and their arguments", async () => {
  const second = {
    ...CALL,
    id: "call_2",
    function: { name: "book_leave", arguments: '{"days":5}' },
  };
  for (const stream of [false, true]) {
    upstream.next(answerWith({ calls: [CALL, second] }));
    const { calls } = await ask("gpt-5", stream, { tools: [TOOL], parallel_tool_calls: true });
    expect(calls).toEqual([CALL, second]);
  }
});

it("o1 on Azure, which does not stream, is streamed from documents all the same", async () => {
  await using azure = await startTestServer({
    AZURE_OPENAI_ENDPOINT: upstream.baseUrl.replace("/v1", ""),
    AZURE_OPENAI_API_KEY: "k",
  });
  const own = await azure.storeOf({ "handbook.md": HANDBOOK });
  upstream.next(answerWith({ reasoning: "27.", content: "You get 27 days [doc1]." }));
  const { text } = await azure.call("POST", "/openai/v1/chat/completions", {
    model: "o1",
    stream: true,
    messages: [{ role: "user", content: QUESTION }],
    data_sources: [{ type: "file_search", parameters: { vector_store_id: own } }],
    tools: [TOOL],
    response_format: FORMAT,
  });
  expect(upstream.calls[0]?.path).toMatch(/^\/openai\/deployments\/o1\/chat\/completions\?/u);
  expect(upstream.calls[0]?.body.stream).toBe(false);
  expect(readStream(text)).toMatchObject({
    content: "You get 27 days [doc1].",
    reasoning: "27.",
    finish: "stop",
  });
});
