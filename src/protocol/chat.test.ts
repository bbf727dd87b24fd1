import { describe, expect, test } from "vitest";
import { chatRequestSchema } from "./chat.ts";
import { parseDataSources } from "./data-sources/parse.ts";
import { gatherSources } from "./hosted-tools.ts";
import { parseRequest } from "./validation.ts";

const MESSAGES = [{ role: "user", content: "How many days of leave?" }];

function parse(fields: Record<string, unknown>) {
  return parseRequest(chatRequestSchema, { messages: MESSAGES, ...fields });
}

function sourcesOf(fields: Record<string, unknown>) {
  const request = parse(fields);
  return gatherSources(request, parseDataSources(request.data_sources ?? []).sources).flatMap(
    ({ source }) => (source.type === "file_search" ? [source] : []),
  );
}

describe("a chat request", () => {
  test("may replay assistant messages with every key that answers carry", () => {
    const { messages } = parse({
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "assistant",
          content: "20 days [doc1].",
          end_turn: true,
          id: "1",
          refusal: null,
          annotations: [],
          tool_calls: null,
          audio: null,
          context: { intent: "leave" },
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", content: "12", tool_call_id: "c", name: "f" },
        { role: "user", content: [{ type: "text", text: "And carry-over?" }] },
      ],
    });
    expect(messages).toHaveLength(5);
  });

  test("may send null for every optional field", () => {
    const request = parse({
      temperature: null,
      stop: null,
      stream: null,
      tools: null,
      data_sources: null,
      max_tokens: null,
    });
    expect([request.stream, request.stop, request.data_sources]).toEqual([
      false,
      undefined,
      undefined,
    ]);
  });

  test.each(["none", "minimal", "low", "medium", "high", "xhigh", "max"])(
    "may ask for reasoning effort %s",
    (effort) => {
      expect(parse({ reasoning_effort: effort }).reasoning_effort).toBe(effort);
    },
  );

  test("keeps fields it does not know, for the model", () => {
    expect(parse({ verbosity: "low" })).toMatchObject({ verbosity: "low" });
  });

  test.each([
    [{ messages: undefined }, "Missing required parameter: 'messages'.", "messages"],
    [
      { messages: [] },
      "Invalid value for 'messages': List should have at least 1 items.",
      "messages",
    ],
    [{ messages: [{ role: "robot", content: "x" }] }, "'messages[0].role'", "messages[0].role"],
    [
      { messages: [{ content: "x" }] },
      "Missing required parameter: 'messages[0].role'.",
      "messages[0].role",
    ],
    [{ temperature: 3 }, "less than or equal to 2", "temperature"],
    [{ tools: [{ type: "browser" }] }, "Supported values of 'type'", "tools[0].type"],
    [
      { truncation_strategy: { type: "last_messages", last_messages: 0 } },
      "greater than or equal to 1",
      "truncation_strategy.last_messages",
    ],
  ])("with %j is refused and the field is named", (fields, message, param) => {
    expect(() => parse(fields)).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        message: expect.stringContaining(message),
        param,
      }),
    );
  });
});

describe("what is to be searched", () => {
  test("the guide's request, which names its store three times, searches it once", () => {
    const sources = sourcesOf({
      data_sources: [{ type: "file_search", parameters: { vector_store_id: "vs_1" } }],
      tools: [{ type: "file_search" }],
      tool_resources: { file_search: { vector_store_ids: ["vs_1"] } },
    });
    expect(sources.map((source) => source.vectorStoreIds)).toEqual([["vs_1"]]);
  });

  test("a hosted tool alone names its stores and settings", () => {
    expect(
      sourcesOf({
        tools: [{ type: "file_search", file_search: { max_num_results: 3 } }],
        tool_resources: { file_search: { vector_store_ids: ["vs_1", "vs_2"] } },
      }),
    ).toEqual([
      {
        type: "file_search",
        vectorStoreIds: ["vs_1", "vs_2"],
        maxNumResults: 3,
        scoreThreshold: 0,
        filter: null,
      },
    ]);
  });

  test("naming a filtered store again in a tool does not lift its filter", () => {
    const filters = { type: "eq", key: "team", value: "hr" };
    const sources = sourcesOf({
      data_sources: [{ type: "file_search", parameters: { vector_store_id: "vs_1", filters } }],
      tools: [{ type: "file_search" }],
      tool_resources: { file_search: { vector_store_ids: ["vs_1", "vs_2"] } },
    });
    expect(sources.map((source) => [source.vectorStoreIds, source.filter])).toEqual([
      [["vs_1"], filters],
      [["vs_2"], null],
    ]);
  });

  test("a tool's filter narrows the data source too", () => {
    const [byTeam, byYear] = [
      { type: "eq", key: "team", value: "hr" },
      { type: "gte", key: "year", value: 2026 },
    ];
    const sources = sourcesOf({
      data_sources: [
        { type: "file_search", parameters: { vector_store_id: "vs_1", filters: byTeam } },
      ],
      tools: [{ type: "file_search", filters: byYear }],
    });
    expect(sources[0]?.filter).toEqual({ type: "and", filters: [byTeam, byYear] });
  });

  test("a file_search tool without any store is refused", () => {
    expect(() => sourcesOf({ tools: [{ type: "file_search" }] })).toThrow("names no vector store");
  });
});
