import { describe, expect, test } from "vitest";
import { GroundwireError } from "../../protocol/errors.ts";
import type { AnswerEvent } from "../../protocol/events.ts";
import { createSseDecoder } from "../../protocol/sse.ts";
import { chatCompletionsDialect } from "./chat-completions.ts";
import type { Dialect, ReplyIdentity } from "./dialect.ts";
import { onYourDataDialect } from "./on-your-data.ts";

const IDENTITY: ReplyIdentity = {
  id: "92f715be-cfc4-4ae6-80f8-c86b7955f6af",
  created: 1712077271,
  model: "gpt-4o",
  includeContexts: ["citations", "intent"],
  includeUsage: false,
  tellsSteps: false,
};

const CITATION = {
  content: "20 days.",
  title: "Leave",
  url: null,
  filepath: "leave.pdf",
  chunk_id: "0",
};
const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const GROUNDED: AnswerEvent[] = [
  { type: "search-queries", queries: ["annual leave", 'Urlaubstage "neu"'] },
  {
    type: "citations",
    citations: [CITATION],
    retrieved: [
      {
        ...CITATION,
        search_queries: ["annual leave"],
        data_source_index: 0,
        original_search_score: 7.5,
      },
      {
        ...CITATION,
        chunk_id: "4",
        search_queries: ["annual leave"],
        data_source_index: 0,
        original_search_score: 1.5,
        filter_reason: "score",
      },
    ],
  },
  { type: "reasoning-delta", text: "thinking" },
  { type: "text-delta", text: "You have 20 days" },
  { type: "text-delta", text: " [doc1]." },
  { type: "usage", usage: USAGE },
  { type: "finish", reason: "stop", model: "gpt-4o-2024-11-20" },
];

const TOOL_CALL: AnswerEvent[] = [
  { type: "tool-call-start", index: 0, id: "call_1", name: "weather" },
  { type: "tool-call-delta", index: 0, argumentsText: '{"city":' },
  { type: "tool-call-delta", index: 0, argumentsText: '"Oslo"}' },
  { type: "finish", reason: "tool_calls", model: "gpt-4o" },
];

function stream(dialect: Dialect, events: AnswerEvent[]): any[] {
  const encoder = dialect.stream();
  const text = events.map((event) => encoder.encode(event)).join("") + encoder.end();
  const decoder = createSseDecoder();
  const data = decoder.push(new TextEncoder().encode(text)).map((event) => event.data);
  expect(data.at(-1)).toBe("[DONE]");
  return data.slice(0, -1).map((chunk) => JSON.parse(chunk));
}

function body(dialect: Dialect, events: AnswerEvent[]): any {
  return JSON.parse(JSON.stringify(dialect.body(events)));
}

describe("the On Your Data stream", () => {
  test("has the bytes of a recorded one, but for its own texts", () => {
    const encoder = onYourDataDialect(IDENTITY).stream();
    const [, citations] = GROUNDED;
    const events: AnswerEvent[] = [
      { type: "search-queries", queries: ["intent"] },
      citations as AnswerEvent,
      { type: "text-delta", text: "42" },
      { type: "finish", reason: "stop", model: "gpt-4o" },
    ];
    expect(events.map((event) => encoder.encode(event)).join("") + encoder.end())
      .toMatchInlineSnapshot(`
      "data: {"id":"92f715be-cfc4-4ae6-80f8-c86b7955f6af","model":"gpt-4o","created":1712077271,"object":"extensions.chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","context":{"citations":[{"content":"20 days.","title":"Leave","url":null,"filepath":"leave.pdf","chunk_id":"0"}],"intent":"[\\"intent\\"]"}},"end_turn":false,"finish_reason":null}]}

      data: {"id":"92f715be-cfc4-4ae6-80f8-c86b7955f6af","model":"gpt-4o","created":1712077271,"object":"extensions.chat.completion.chunk","choices":[{"index":0,"delta":{"content":"42"},"end_turn":false,"finish_reason":null}],"system_fingerprint":"fp_groundwire"}

      data: {"id":"92f715be-cfc4-4ae6-80f8-c86b7955f6af","model":"gpt-4o","created":1712077271,"object":"extensions.chat.completion.chunk","choices":[{"index":0,"delta":{},"end_turn":true,"finish_reason":"stop"}]}

      data: [DONE]

      "
    `);
  });

  test("puts the context beside the role in the first chunk only, without content", () => {
    const [first, ...later] = stream(onYourDataDialect(IDENTITY), GROUNDED);
    expect(Object.keys(first.choices[0].delta)).toEqual(["role", "context"]);
    for (const chunk of later) {
      expect(chunk.choices[0].delta).not.toHaveProperty("context");
      expect(chunk.choices[0].delta).not.toHaveProperty("role");
    }
  });

  test("has string content on every chunk between the first and the last", () => {
    const chunks = stream(onYourDataDialect(IDENTITY), [...GROUNDED.slice(0, 4), ...TOOL_CALL]);
    for (const chunk of chunks.slice(1, -1))
      expect(chunk.choices[0].delta.content).toBeTypeOf("string");
    expect(chunks.at(-1).choices[0]).toEqual({
      index: 0,
      delta: {},
      end_turn: true,
      finish_reason: "tool_calls",
    });
  });

  test("says end_turn on every choice, true on the last only", () => {
    const flags = stream(onYourDataDialect(IDENTITY), GROUNDED).map(
      (chunk) => chunk.choices[0].end_turn,
    );
    expect(flags).toEqual([false, false, false, false, true]);
  });

  test("has a usage chunk at the end when it was asked for, and null before", () => {
    const chunks = stream(onYourDataDialect({ ...IDENTITY, includeUsage: true }), GROUNDED);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE });
    for (const chunk of chunks.slice(0, -1)) expect(chunk.usage).toBeNull();
  });

  test("opens even when the answer has no events but its end", () => {
    const chunks = stream(onYourDataDialect(IDENTITY), []);
    expect(chunks[0].choices[0].delta.context).toEqual({ citations: [], intent: "[]" });
  });
});

describe("the On Your Data body", () => {
  test("has the keys of a recorded one, in their order", () => {
    const reply = body(onYourDataDialect(IDENTITY), GROUNDED);
    expect(Object.keys(reply)).toEqual([
      "id",
      "model",
      "created",
      "object",
      "choices",
      "usage",
      "system_fingerprint",
    ]);
    expect(reply).toMatchObject({
      object: "extensions.chat.completion",
      model: "gpt-4o-2024-11-20",
      choices: [
        {
          finish_reason: "stop",
          message: { role: "assistant", content: "You have 20 days [doc1].", end_turn: true },
        },
      ],
      usage: USAGE,
    });
  });

  test("has the bytes of an assembled one, but for its own texts", () => {
    const events = GROUNDED.filter(({ type }) => type !== "reasoning-delta");
    expect(JSON.stringify(onYourDataDialect(IDENTITY).body(events))).toBe(
      '{"id":"92f715be-cfc4-4ae6-80f8-c86b7955f6af","model":"gpt-4o-2024-11-20","created":1712077271,"object":"extensions.chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"You have 20 days [doc1].","end_turn":true,"context":{"citations":[{"content":"20 days.","title":"Leave","url":null,"filepath":"leave.pdf","chunk_id":"0"}],"intent":"[\\"annual leave\\", \\"Urlaubstage \\\\\\"neu\\\\\\"\\"]"}}}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15},"system_fingerprint":"fp_groundwire"}',
    );
  });

  test("writes the intent as Python writes a list, readable as JSON", () => {
    const { intent } = body(onYourDataDialect(IDENTITY), GROUNDED).choices[0].message.context;
    expect(intent).toBe('["annual leave", "Urlaubstage \\"neu\\""]');
    expect(JSON.parse(intent)).toEqual(["annual leave", 'Urlaubstage "neu"']);
  });

  test("holds the contexts that were asked for and no others", () => {
    const identity: ReplyIdentity = { ...IDENTITY, includeContexts: ["all_retrieved_documents"] };
    const { context } = body(onYourDataDialect(identity), GROUNDED).choices[0].message;
    expect(Object.keys(context)).toEqual(["all_retrieved_documents"]);
    expect(context.all_retrieved_documents[0]).not.toHaveProperty("filter_reason");
    expect(context.all_retrieved_documents[1].filter_reason).toBe("score");
  });
});

describe("plain chat", () => {
  test("streams role and empty content first, then text, then an empty delta", () => {
    const chunks = stream(chatCompletionsDialect(IDENTITY), GROUNDED.slice(3));
    expect(chunks.map((chunk) => chunk.choices[0])).toEqual([
      { index: 0, delta: { role: "assistant", content: "" }, finish_reason: null },
      { index: 0, delta: { content: "You have 20 days" }, finish_reason: null },
      { index: 0, delta: { content: " [doc1]." }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: "stop" },
    ]);
    expect(chunks[0].object).toBe("chat.completion.chunk");
  });

  test("carries the context of a hosted search so that markers resolve", () => {
    const [first] = stream(chatCompletionsDialect(IDENTITY), GROUNDED);
    expect(first.choices[0].delta.context.citations).toEqual([CITATION]);
    expect(
      body(chatCompletionsDialect(IDENTITY), GROUNDED).choices[0].message.context.citations,
    ).toEqual([CITATION]);
  });

  test("streams a tool call in pieces that never carry null content", () => {
    const deltas = stream(chatCompletionsDialect(IDENTITY), TOOL_CALL).map(
      (chunk) => chunk.choices[0].delta,
    );
    expect(deltas).toEqual([
      { role: "assistant", content: "" },
      {
        tool_calls: [
          {
            index: 0,
            id: "call_1",
            type: "function",
            function: { name: "weather", arguments: "" },
          },
        ],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] },
      {},
    ]);
  });

  test("answers a tool call whole with null content", () => {
    const [choice] = body(chatCompletionsDialect(IDENTITY), TOOL_CALL).choices;
    expect(choice).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: null,
        tool_calls: [
          {
            id: "call_1",
            type: "function",
            function: { name: "weather", arguments: '{"city":"Oslo"}' },
          },
        ],
      },
    });
  });
});

test("an error event ends the encoding by being thrown", () => {
  const error = new GroundwireError("upstream_timeout", "The model took too long.");
  for (const dialect of [onYourDataDialect(IDENTITY), chatCompletionsDialect(IDENTITY)]) {
    expect(() => dialect.stream().encode({ type: "error", error })).toThrow(error);
  }
});
