import type OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";

import { OFFICIAL_CLIENTS } from "./support/clients.ts";
import { streamedText, streamedToolCalls } from "./support/model-replies.ts";
import { CHAT, KEY, storeOf, useStand } from "./support/stand.ts";

const stand = useStand();
// It is found out first which sandbox works, which takes its time.
beforeAll(async () => {
  stand.model.next(streamedText(["Hello."]));
  await stand.server.call(
    "POST",
    "/openai/v1/chat/completions",
    {
      model: CHAT,
      messages: [{ role: "user", content: "Hello" }],
      tools: [{ type: "code_interpreter" }],
    },
    { "api-key": KEY },
  );
}, 30_000);
const GARAGE = "# Parking\n\nThe garage in Harbour Street has 140 places for bicycles.\n";
const CODE = "open('chart.svg', 'w').write('<svg/>')\nprint(10 + 32)";

/** The model searches, computes, and then asks the caller's function. */
function scriptModel(): void {
  const call = (name: string, given: object) =>
    streamedToolCalls([{ id: `call_${name}`, name, argumentPieces: [JSON.stringify(given)] }]);
  stand.model.next(call("file_search", { query: "places for bicycles" }));
  stand.model.next(call("code_interpreter", { code: CODE }));
  stand.model.next(call("weather", { city: "Bergen" }));
  stand.model.next(streamedText(["140 places [doc", "1], and it rains."]));
}

function toolsOf(seen: unknown[]) {
  return [
    {
      type: "function" as const,
      function: {
        name: "weather",
        description: "Tells the weather",
        parameters: { type: "object", properties: { city: { type: "string" } } },
        parse: JSON.parse,
        function: async (given: unknown): Promise<string> => {
          seen.push(given);
          return "It rains.";
        },
      },
    },
    // The official types know hosted tools on other routes only; the runner hands them on.
    ...([{ type: "file_search" }, { type: "code_interpreter" }] as never[]),
  ];
}

describe.each(OFFICIAL_CLIENTS)("tools by $name", ({ connect }) => {
  it.each([[false], [true]])(
    "are run by runTools where they are functions, and here where not, streamed: %s",
    async (stream) => {
      const storeId = await storeOf(stand, "parking.md", GARAGE);
      const seen: unknown[] = [];
      scriptModel();
      const runner = connect(stand).chat.completions.runTools({
        model: CHAT,
        messages: [
          { role: "user", content: "How many places for bicycles are there in the rain?" },
        ],
        tools: toolsOf(seen),
        ...({ tool_resources: { file_search: { vector_store_ids: [storeId] } } } as object),
        ...(stream ? { stream } : {}),
      } as never) as unknown as {
        finalContent(): Promise<string | null>;
        messages: OpenAI.Chat.ChatCompletionMessageParam[];
      };
      expect(await runner.finalContent()).toBe("140 places [doc1], and it rains.");
      expect(seen).toEqual([{ city: "Bergen" }]);
      expect(runner.messages.map(({ role }) => role)).toEqual([
        "user",
        "assistant",
        "tool",
        "assistant",
      ]);
      expect(JSON.stringify(runner.messages)).not.toContain("code_interpreter");
    },
  );
});

const RESPONSES = OFFICIAL_CLIENTS.filter(
  ({ apiVersion }) => apiVersion === null || apiVersion >= "2025-03-01",
);

describe.each(RESPONSES)("hosted tools in responses by $name", ({ connect }) => {
  it("are items of the response, whole and streamed, and gone on from", async () => {
    const client = connect(stand);
    const storeId = await storeOf(stand, "parking.md", GARAGE);
    const file = await client.files.create({
      file: new File(["month,sales\n1,10\n"], "sales.csv"),
      purpose: "assistants",
    });
    const request = {
      model: CHAT,
      input: "How many places for bicycles are there in the rain?",
      tools: [
        { type: "function" as const, name: "weather", parameters: {}, strict: false },
        { type: "file_search" as const, vector_store_ids: [storeId] },
        {
          type: "code_interpreter" as const,
          container: { type: "auto" as const, file_ids: [file.id] },
        },
      ],
      include: ["code_interpreter_call.outputs" as const, "file_search_call.results" as const],
    };
    scriptModel();
    const whole = await client.responses.create(request);
    const types: string[] = [];
    const stream = client.responses
      .stream({ ...request, previous_response_id: whole.id, input: results(whole) })
      .on("event", ({ type }) => types.push(type));
    expect((await stream.finalResponse()).output_text).toBe("140 places, and it rains.");

    scriptModel();
    const streamed = await client.responses
      .stream(request)
      .on("event", ({ type }) => types.push(type))
      .finalResponse();
    for (const response of [whole, streamed]) {
      const [code] = response.output.flatMap((item) =>
        item.type === "code_interpreter_call" ? [item] : [],
      );
      expect(code).toMatchObject({ status: "completed", code: CODE });
      expect(code?.outputs?.[0]).toMatchObject({
        type: "logs",
        logs: expect.stringContaining("42"),
      });
      expect(code?.outputs?.[1]).toMatchObject({
        type: "image",
        url: expect.stringMatching(`^${stand.server.url}/openai/v1/files/file-\\w+/content$`),
      });
      const searches = response.output.filter((item) => item.type === "file_search_call");
      expect(searches.at(-1)).toMatchObject({ queries: ["places for bicycles"] });
    }
    expect(types).toEqual(
      expect.arrayContaining([
        "response.code_interpreter_call.in_progress",
        "response.code_interpreter_call_code.delta",
        "response.code_interpreter_call_code.done",
        "response.code_interpreter_call.interpreting",
        "response.code_interpreter_call.completed",
      ]),
    );
    const last = await client.responses.create({
      ...request,
      previous_response_id: streamed.id,
      input: results(streamed),
    });
    expect(last.output_text).toBe("140 places, and it rains.");
  });
});

function results(response: OpenAI.Responses.Response) {
  return response.output.flatMap((item) =>
    item.type === "function_call"
      ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "It rains." }]
      : [],
  );
}
