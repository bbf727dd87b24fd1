import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  streamOf,
} from "../testing/scripted-upstream.ts";
import { startConversation, type TurnEvent } from "./conversation.ts";
import { grounded } from "./grounding.ts";
import type { Tool } from "./tools.ts";

let upstream: ScriptedUpstream;
let client: OpenAI;
beforeEach(async () => {
  upstream = await startScriptedUpstream();
  client = new OpenAI({ baseURL: upstream.baseUrl, apiKey: "k", maxRetries: 0 });
});
afterEach(async () => upstream[Symbol.asyncDispose]());

function says(message: object, finishReason = "stop"): void {
  upstream.next((reply) => {
    reply.writeHead(200, { "content-type": "application/json" });
    const choices = [
      { index: 0, message: { role: "assistant", ...message }, finish_reason: finishReason },
    ];
    reply.end(JSON.stringify({ id: "c", object: "chat.completion", model: "m", choices }));
  });
}

const calls = (...names: string[]) => ({
  content: null,
  tool_calls: names.map((name, index) => ({
    id: `call_${index}`,
    type: "function",
    function: { name, arguments: '{"city":"London"}' },
  })),
});

const WEATHER: Tool = {
  definition: { name: "weather", parameters: { type: "object" } },
  run: ({ city }) => ({ city, degrees: 22 }),
};

describe("a conversation", () => {
  test("keeps what was said, and sends instructions as they are now", async () => {
    const chat = startConversation({ client, model: "o1", instructions: "Be brief." });
    says({ content: "Hello." });
    expect(await chat.ask("Hi")).toMatchObject({ text: "Hello.", finishReason: "stop" });
    chat.instructions = "Be long.";
    says({ content: "Well." });
    await chat.ask("And?");
    expect(upstream.calls[1]?.body).toEqual({
      model: "o1",
      stream: false,
      messages: [
        { role: "developer", content: "Be long." },
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "And?" },
      ],
    });
  });

  test("runs tools, several at once, and tells the model what went wrong", async () => {
    const broken: Tool = {
      definition: { name: "broken" },
      run: () => Promise.reject(new Error("no sensor")),
    };
    const chat = startConversation({ client, model: "o1", tools: [WEATHER, broken] });
    says(calls("weather", "broken", "unknown"), "tool_calls");
    says({ content: "22 degrees." });
    expect((await chat.ask("Weather?")).text).toBe("22 degrees.");
    const results = upstream.calls[1]?.body.messages.filter(
      ({ role }: { role: string }) => role === "tool",
    );
    expect(results.map(({ content }: { content: string }) => content)).toEqual([
      '{"city":"London","degrees":22}',
      '{"error":"no sensor"}',
      `{"error":"There is no function 'unknown'."}`,
    ]);
  });

  test("does not run tools for ever", async () => {
    const chat = startConversation({ client, model: "o1", tools: [WEATHER], maxToolRounds: 1 });
    says(calls("weather"));
    says(calls("weather"));
    await expect(chat.ask("Weather?")).rejects.toThrow("2 times without an answer");
  });

  test("forgets a question that failed, and goes on from what was saved", async () => {
    const chat = startConversation({ client, model: "o1" });
    says({ content: "Hello." });
    await chat.ask("Hi");
    await expect(chat.ask("fails")).rejects.toThrow(OpenAI.APIError);
    const later = startConversation({ client, model: "o1", messages: chat.toJSON() });
    says({ content: "Still here." });
    await later.ask("There?");
    expect(
      upstream.calls.at(-1)?.body.messages.map(({ content }: { content: string }) => content),
    ).toEqual(["Hi", "Hello.", "There?"]);
  });

  test("streams text and tool calls, and returns the answer", async () => {
    const chat = startConversation({ client, model: "o1" });
    upstream.next(streamOf(["27 ", "days"]));
    const events: TurnEvent[] = [];
    const stream = chat.stream("How many?");
    let last = await stream.next();
    for (; !last.done; last = await stream.next()) events.push(last.value);
    expect(events).toEqual([
      { type: "text", text: "27 " },
      { type: "text", text: "days" },
    ]);
    expect(last.value).toMatchObject({ text: "27 days", usage: { total_tokens: 18 } });
    expect(chat.messages).toHaveLength(2);
  });

  test("ends when it is told to", async () => {
    const controller = new AbortController();
    upstream.next(() => controller.abort());
    const chat = startConversation({ client, model: "o1" });
    await expect(chat.ask("Hi", { signal: controller.signal })).rejects.toThrow(/abort/iu);
    expect(chat.messages).toEqual([]);
  });

  test("sends data sources of the question instead of its own, and none when there are none", async () => {
    const own = { type: "file_search" as const, parameters: { vector_store_id: "vs_1" } };
    const chat = startConversation({ client, model: "o1", dataSources: [own] });
    says({ content: "a" });
    await chat.ask("x");
    says({ content: "b" });
    await chat.ask("y", { dataSources: [] });
    expect(upstream.calls.map(({ body }) => body.data_sources)).toEqual([[own], undefined]);
  });
});

test("a grounded request is the request itself, of the client's own type", async () => {
  const request = grounded({
    model: "o1",
    messages: [{ role: "user" as const, content: "x" }],
    data_sources: [{ type: "named", parameters: { name: "policies" } }],
  });
  says({ content: "y" });
  await client.chat.completions.create(request);
  expect(upstream.calls[0]?.body.data_sources).toEqual([
    { type: "named", parameters: { name: "policies" } },
  ]);
});
