import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { OFFICIAL_CLIENTS } from "./support/clients.ts";
import { streamedText, streamedToolCalls, type ToolCall } from "./support/model-replies.ts";
import { BUILT_IN, CHAT, storeOf, useStand } from "./support/stand.ts";

const stand = useStand();
const CLIENTS = OFFICIAL_CLIENTS.filter(
  ({ apiVersion }) => apiVersion === null || apiVersion >= "2025-03-01",
);
const HANDBOOK = "# Leave\n\nFull-time employees get 25 days of annual leave.\n";
const QUESTION = "How many days of annual leave do full-time employees get?";
const CALLS: ToolCall[] = [
  { id: "call_1", name: "weather", argumentPieces: ['{"ci', 'ty":"Bergen"}'] },
  { id: "call_2", name: "weather", argumentPieces: ['{"city":', '"Tromsø"}'] },
];
const TOOLS = [
  {
    type: "function" as const,
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
    strict: false,
  },
];

describe.each(CLIENTS)("responses by $name", ({ connect }) => {
  it("are answered by the model, whole and streamed, and gone on from", async () => {
    const client = connect(stand);
    stand.model.next(streamedText(["In ", "Norway."]));
    const first = await client.responses.create({
      model: CHAT,
      instructions: "Be brief.",
      input: "Where is Bergen?",
    });
    expect(first.output_text).toBe("In Norway.");
    expect(first.usage).toMatchObject({ input_tokens: 20, output_tokens: 9, total_tokens: 29 });

    stand.model.next(streamedText(["By the ", "sea."]));
    const stream = client.responses.stream({
      model: CHAT,
      previous_response_id: first.id,
      input: [{ role: "user", content: [{ type: "input_text", text: "Where there?" }] }],
    });
    let text = "";
    stream.on("response.output_text.delta", ({ delta }) => (text += delta));
    const second = await stream.finalResponse();
    expect(text).toBe("By the sea.");
    expect(second.output_text).toBe("By the sea.");
    // Instructions are of one response only.
    expect(stand.model.calls.at(-1)?.body.messages).toEqual([
      { role: "user", content: "Where is Bergen?" },
      { role: "assistant", content: "In Norway." },
      { role: "user", content: "Where there?" },
    ]);
    expect(await client.responses.retrieve(second.id)).toMatchObject({
      id: second.id,
      previous_response_id: first.id,
      status: "completed",
    });
  });

  it("list the items they were asked with, and are deleted", async () => {
    const client = connect(stand);
    const response = await client.responses.create({
      model: BUILT_IN,
      input: [
        { role: "developer", content: "Be brief." },
        { role: "user", content: "Hello" },
      ],
    });
    const items = [];
    for await (const item of client.responses.inputItems.list(response.id, {
      order: "asc",
      limit: 1,
    }))
      items.push(item);
    expect(items.map((item) => ("role" in item ? item.role : item.type))).toEqual([
      "developer",
      "user",
    ]);
    await client.responses.delete(response.id);
    await expect(client.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
    await expect(
      client.responses.create({ model: BUILT_IN, input: "x", previous_response_id: response.id }),
    ).rejects.toMatchObject({ status: 400, code: "previous_response_not_found" });
  });

  it("cite what file_search found, in the text's own place, whole and streamed", async () => {
    const client = connect(stand);
    const storeId = await storeOf(stand, "leave.md", HANDBOOK);
    const request = {
      model: BUILT_IN,
      input: QUESTION,
      tools: [{ type: "file_search" as const, vector_store_ids: [storeId] }],
      include: ["file_search_call.results" as const],
    };
    const whole = await client.responses.create(request);
    const events: string[] = [];
    const stream = client.responses.stream(request);
    stream.on("event", ({ type }) => events.push(type));
    const streamed = await stream.finalResponse();
    for (const response of [whole, streamed]) {
      expect(response.output.map(({ type }) => type)).toEqual(["file_search_call", "message"]);
      const [search, message] = response.output;
      if (search?.type !== "file_search_call" || message?.type !== "message") throw new Error();
      expect(search.queries.length).toBeGreaterThan(0);
      expect(search.results?.[0]).toMatchObject({ filename: "leave.md" });
      const [part] = message.content;
      if (part?.type !== "output_text") throw new Error();
      expect(part.text).toBe("Full-time employees get 25 days of annual leave.");
      expect(part.annotations).toEqual([
        {
          type: "file_citation",
          index: part.text.length,
          file_id: search.results?.[0]?.file_id,
          filename: "leave.md",
        },
      ]);
    }
    expect(events).toContain("response.file_search_call.searching");
    expect(events).toContain("response.output_text.annotation.added");
    expect(events.at(-1)).toBe("response.completed");
  });

  it("call two functions at once, and take their results", async () => {
    const client = connect(stand);
    stand.model.next(streamedToolCalls(CALLS));
    const first = await client.responses
      .stream({ model: CHAT, input: "Where does it rain?", tools: TOOLS })
      .finalResponse();
    const calls = first.output.filter((item) => item.type === "function_call");
    expect(calls.map((call) => `${call.name} ${call.arguments}`)).toEqual([
      'weather {"city":"Bergen"}',
      'weather {"city":"Tromsø"}',
    ]);
    stand.model.next(streamedText(["Everywhere."]));
    const second = await client.responses.create({
      model: CHAT,
      previous_response_id: first.id,
      tools: TOOLS,
      input: calls.map((call) => ({
        type: "function_call_output" as const,
        call_id: call.call_id,
        output: "rain",
      })),
    });
    expect(second.output_text).toBe("Everywhere.");
    expect(stand.model.calls.at(-1)?.body.messages).toEqual([
      { role: "user", content: "Where does it rain?" },
      {
        role: "assistant",
        content: null,
        tool_calls: CALLS.map(({ id, name, argumentPieces }) => ({
          id,
          type: "function",
          function: { name, arguments: argumentPieces.join("") },
        })),
      },
      ...CALLS.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "rain" })),
    ]);
  });

  it("take a schema for the answer, and hand it parsed", async () => {
    stand.model.next(streamedText(['{"city":', '"Bergen"}']));
    const response = await connect(stand).responses.parse({
      model: CHAT,
      input: "Where?",
      text: {
        format: {
          type: "json_schema",
          name: "place",
          strict: true,
          schema: { type: "object", properties: { city: { type: "string" } } },
        },
      },
    });
    expect(response.output_parsed).toEqual({ city: "Bergen" });
    expect(stand.model.calls.at(-1)?.body.response_format).toMatchObject({
      type: "json_schema",
      json_schema: { name: "place", strict: true },
    });
  });

  it("are written in the background, and cancelled there", async () => {
    const client = connect(stand);
    stand.model.next(streamedText(["In Norway."]));
    let response = await client.responses.create({
      model: CHAT,
      input: "Where?",
      background: true,
    });
    while (response.status === "in_progress")
      response = await client.responses.retrieve(response.id);
    expect(response.output_text).toBe("In Norway.");

    stand.model.next(() => undefined); // never answers
    const endless = await client.responses.create({
      model: CHAT,
      input: "Where?",
      background: true,
    });
    expect(await client.responses.cancel(endless.id)).toMatchObject({ status: "cancelled" });
    expect(await client.responses.retrieve(endless.id)).toMatchObject({ status: "cancelled" });
  });
});

describe("responses", () => {
  const client = (): OpenAI =>
    new OpenAI({ baseURL: `${stand.server.url}/openai/v1`, apiKey: "conformance-secret" });

  it("that nobody wants kept are not", async () => {
    const { id } = await client().responses.create({ model: BUILT_IN, input: "Hi", store: false });
    await expect(client().responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  it("that break off end with an error event", async () => {
    stand.model.next((reply) => {
      reply.writeHead(200, { "content-type": "text/event-stream" });
      reply.write('data: {"choices":[{"index":0,"delta":{"content":"In "}}]}\n\n');
      setTimeout(() => reply.destroy(), 50);
    });
    const stream = await client().responses.create({ model: CHAT, input: "Where?", stream: true });
    const types: string[] = [];
    const reading = (async () => {
      for await (const { type } of stream) types.push(type);
    })();
    await expect(reading).rejects.toThrow(/broke off/u);
    expect(types.at(-1)).toBe("response.failed");
  });

  it.each([
    [{ input: "x", tools: [{ type: "web_search" }] }, "tools[0]"],
    [{ input: [{ type: "computer_call" }] }, "input[0]"],
    [
      { input: [{ role: "user", content: [{ type: "input_file", file_id: "file-1" }] }] },
      "input[0].content[0]",
    ],
    [{ input: "x", previous_response_id: "nonsense" }, "previous_response_id"],
    [{ input: "x", tool_choice: { type: "allowed_tools" } }, "tool_choice"],
    [{ input: "x", background: true, stream: true }, "stream"],
    [{ input: "x", reasoning: { effort: "much" } }, "reasoning.effort"],
    [{}, "input"],
  ])("refuse %j, naming the parameter", async (body, param) => {
    const { status, json } = await stand.server.call(
      "POST",
      "/openai/v1/responses",
      { model: BUILT_IN, ...body },
      { "api-key": "conformance-secret" },
    );
    expect({ status, param: json.error.param }).toMatchObject({
      status: 400,
      param: expect.stringContaining(param),
    });
  });
});
