import type OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";

import { OFFICIAL_CLIENTS } from "./support/clients.ts";
import { streamedText, streamedToolCalls } from "./support/model-replies.ts";
import { BUILT_IN, CHAT, storeOf, useStand } from "./support/stand.ts";

const stand = useStand();
const TEXT =
  "# Harbour rules\n\nThe crane may lift 42 tonnes. Forklifts drive at most 8 km/h in hall B.\n";
const QUESTION = [{ role: "user" as const, content: "How much may the crane lift?" }];

let store = "";
beforeAll(async () => {
  store = await storeOf(stand, "rules.md", TEXT);
});

type Question = Pick<OpenAI.ChatCompletionCreateParamsNonStreaming, "model" | "messages">;

const request = (model: string): Question =>
  ({
    model,
    messages: QUESTION,
    data_sources: [
      {
        type: "file_search",
        parameters: { vector_store_id: store, include_contexts: ["citations", "intent"] },
      },
    ],
    // Not in the client's own types: the On Your Data extension.
  }) as Question;

describe.each(OFFICIAL_CLIENTS)("grounded chat by $name", ({ connect }) => {
  it("gets the same answer whole and streamed, with citations that its markers name", async () => {
    const { chat } = connect(stand);
    const whole = await chat.completions.create(request(BUILT_IN));
    const streamed = await chat.completions.stream(request(BUILT_IN)).finalChatCompletion();
    for (const answer of [whole, streamed]) {
      const message: any = answer.choices[0]?.message;
      expect(message.content).toMatch(/42 tonnes.*\[doc1\]/su);
      expect(message.context.citations[0]).toMatchObject({ filepath: "rules.md", chunk_id: "0" });
      expect(JSON.parse(message.context.intent)).toBeInstanceOf(Array);
    }
  });

  it("gets what a model says of the passages, with the model's usage", async () => {
    stand.model.next(streamedText(["42 tonnes ", "[do", "c1]."]));
    const whole = await connect(stand).chat.completions.create(request(CHAT));
    expect(whole.choices[0]?.message.content).toBe("42 tonnes [doc1].");
    expect(whole.usage?.total_tokens).toBe(29);
  });

  it("gets all documents that were retrieved, when it asks for them", async () => {
    const asked: any = request(BUILT_IN);
    asked.data_sources[0].parameters.include_contexts = ["all_retrieved_documents"];
    const whole: any = await connect(stand).chat.completions.create(asked);
    const [document] = whole.choices[0].message.context.all_retrieved_documents;
    expect(document).toMatchObject({ filepath: "rules.md", data_source_index: 0 });
  });

  it("is asked to call a tool of its own beside a data source", async () => {
    const call = { id: "call_1", name: "weather", argumentPieces: ['{"city":', '"Bergen"}'] };
    const tools: OpenAI.ChatCompletionTool[] = [
      { type: "function", function: { name: "weather", parameters: { type: "object" } } },
    ];
    stand.model.next(streamedToolCalls([call]));
    const { chat } = connect(stand);
    const streamed = await chat.completions
      .stream({ ...request(CHAT), tools })
      .finalChatCompletion();
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      id: "call_1",
      function: { name: "weather", arguments: '{"city":"Bergen"}' },
    });
  });
});
