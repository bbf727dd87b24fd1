import { describe, expect, it } from "vitest";

import { OFFICIAL_CLIENTS } from "./support/clients.ts";
import {
  jsonReply,
  streamedText,
  streamedToolCalls,
  type ToolCall,
  wholeText,
  wholeToolCalls,
} from "./support/model-replies.ts";
import { CHAT, useStand } from "./support/stand.ts";

const stand = useStand();
const QUESTION = [{ role: "user" as const, content: "Where is Bergen?" }];
const CALLS: ToolCall[] = [
  { id: "call_1", name: "weather", argumentPieces: ['{"ci', 'ty":"Bergen"}'] },
  { id: "call_2", name: "weather", argumentPieces: ['{"city":', '"Tromsø"}'] },
];
const TOOLS = [
  {
    type: "function" as const,
    function: {
      name: "weather",
      parameters: { type: "object", properties: { city: { type: "string" } } },
    },
  },
];
const CALLED = ['weather {"city":"Bergen"}', 'weather {"city":"Tromsø"}'];

describe.each(OFFICIAL_CLIENTS)("chat by $name", ({ connect, errors }) => {
  it("gets a whole answer, with the id of its request", async () => {
    stand.model.next(wholeText("In Norway."));
    const answer = await connect(stand).chat.completions.create({
      model: CHAT,
      messages: QUESTION,
    });
    expect(answer.choices[0]?.message.content).toBe("In Norway.");
    expect(answer.usage?.total_tokens).toBe(29);
    expect(answer._request_id).toMatch(/^[\w-]{36}$/u);
  });

  it("gets a streamed answer, with its usage when asked for", async () => {
    stand.model.next(streamedText(["In ", "Nørway."]));
    const stream = connect(stand).chat.completions.stream({
      model: CHAT,
      messages: QUESTION,
      stream_options: { include_usage: true },
    });
    const answer = await stream.finalChatCompletion();
    expect(answer.choices[0]?.message.content).toBe("In Nørway.");
    expect(answer.usage?.total_tokens).toBe(29);
  });

  it("is asked to call two tools at once, whole and streamed, and hands their results back", async () => {
    const { chat } = connect(stand);
    const request = { model: CHAT, messages: QUESTION, tools: TOOLS };
    stand.model.next(wholeToolCalls(CALLS));
    const whole = await chat.completions.create(request);
    stand.model.next(streamedToolCalls(CALLS));
    const streamed = await chat.completions.stream(request).finalChatCompletion();
    for (const answer of [whole, streamed]) {
      expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
      const calls = answer.choices[0]?.message.tool_calls ?? [];
      const called = calls.map((call) =>
        call.type === "function" ? `${call.function.name} ${call.function.arguments}` : call.type,
      );
      expect(called).toEqual(CALLED);
    }

    stand.model.next(wholeText("It rains."));
    const message = whole.choices[0]?.message;
    const results = CALLS.map(({ id }) => ({
      role: "tool" as const,
      tool_call_id: id,
      content: "rain",
    }));
    const last = await chat.completions.create({
      ...request,
      messages: [...QUESTION, ...(message ? [message] : []), ...results],
    });
    expect(last.choices[0]?.message.content).toBe("It rains.");
    expect(stand.model.calls.at(-1)?.body.messages.slice(2)).toEqual(results);
  });

  it("gets an answer in the form of a JSON schema, where its version has that", async () => {
    const schema = {
      name: "place",
      strict: true,
      schema: {
        type: "object",
        properties: { country: { type: "string" } },
        required: ["country"],
        additionalProperties: false,
      },
    };
    stand.model.next(wholeText('{"country":"Norway"}'));
    const answer = await connect(stand).chat.completions.parse({
      model: CHAT,
      messages: QUESTION,
      response_format: { type: "json_schema", json_schema: schema },
    });
    expect(answer.choices[0]?.message.parsed).toEqual({ country: "Norway" });
    expect(stand.model.calls.at(-1)?.body.response_format.json_schema).toEqual(schema);
  });

  it("tries again after as long as a throttled model says", async () => {
    const throttled = { error: { code: "429", message: "Rate limit is exceeded." } };
    stand.model.next(
      jsonReply(throttled, { status: 429, headers: { "retry-after-ms": "1", "retry-after": "1" } }),
    );
    stand.model.next(wholeText("In Norway."));
    const before = stand.model.calls.length;
    const answer = await connect(stand).chat.completions.create({
      model: CHAT,
      messages: QUESTION,
    });
    expect(answer.choices[0]?.message.content).toBe("In Norway.");
    expect(stand.model.calls.length - before).toBe(2);
  });

  it("raises the class of each error, with code, parameter and the id of the request", async () => {
    const client = connect(stand, { maxRetries: 0 });
    const ask = (more: object = {}) =>
      client.chat.completions
        .create({ model: CHAT, messages: QUESTION, ...more })
        .then(String, (error: unknown) => error);

    const refusal = {
      message:
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 10000 tokens. Please reduce the length of the messages.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    };
    stand.model.next(jsonReply({ error: refusal }, { status: 400 }));
    const tooLong = await ask();
    expect(tooLong).toBeInstanceOf(errors.BadRequestError);
    expect(tooLong).toMatchObject({
      status: 400,
      code: "context_length_exceeded",
      param: "messages",
      type: "invalid_request_error",
      requestID: expect.stringMatching(/^[\w-]{36}$/u),
    });

    const throttled = { code: "429", message: "Rate limit is exceeded. Try again in 7 seconds." };
    const waiting = { "retry-after": "7", "retry-after-ms": "7000" };
    stand.model.next(jsonReply({ error: throttled }, { status: 429, headers: waiting }));
    const tooFast = await ask();
    expect(tooFast).toBeInstanceOf(errors.RateLimitError);
    expect(tooFast).toMatchObject({ status: 429, code: "429" });

    stand.model.next(jsonReply({ error: { message: "oops" } }, { status: 500 }));
    expect(await ask()).toBeInstanceOf(errors.InternalServerError);

    const unknown = await ask({ model: "unknown" });
    expect(unknown).toBeInstanceOf(errors.NotFoundError);
    expect(unknown).toMatchObject({ status: 404, code: "DeploymentNotFound" });

    const wrong = await ask({ data_sources: [{ type: "unheard_of", parameters: {} }] });
    expect(wrong).toBeInstanceOf(errors.BadRequestError);
    expect(wrong).toMatchObject({
      code: 400,
      message: expect.stringContaining("Validation error at #/data_sources/0"),
    });

    const stranger = connect(stand, { apiKey: "wrong", maxRetries: 0 });
    const refused = await stranger.models.list().then(String, (error: unknown) => error);
    expect(refused).toBeInstanceOf(errors.AuthenticationError);
    expect(refused).toMatchObject({ status: 401, code: "401" });
  });
});
