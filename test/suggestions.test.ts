import { afterAll, beforeAll, expect, it } from "vitest";

import { suggestionsFor } from "../web/src/chat/suggestions-for.ts";
import { type Answer, startTestServer, type TestServer } from "./support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, { samples: true });
});
afterAll(() => server[Symbol.asyncDispose]());

const sources = [
  {
    type: "file_search",
    parameters: {
      vector_store_id: "vs_samplehandbook",
      include_contexts: ["citations", "intent", "all_retrieved_documents"],
    },
  },
];

function ask(conversation: string, question: string): Promise<Answer> {
  return server.call(
    "POST",
    "/openai/v1/chat/completions",
    {
      model: "groundwire",
      conversation_id: conversation,
      messages: [{ role: "user", content: question }],
      data_sources: sources,
    },
    { "x-groundwire-extensions": "1" },
  );
}

it.each([
  "How many days of annual leave do full-time employees get?",
  "How long is probation?",
  "When is a doctor's note needed?",
  "Which travel class may I book on long rail trips?",
  "Who pays for the laptop?",
  "Who has to lock the screen when leaving the desk?",
])("no question that is suggested after %j is refused", async (question) => {
  const { json } = await ask(await begin(), question);
  const { content, context } = json.choices[0].message;
  const cited = context.citations.filter((_citation: unknown, index: number) =>
    content.includes(`[doc${index + 1}]`),
  );
  expect(cited.length).toBeGreaterThan(0);
  const suggestions = suggestionsFor({
    found: context.all_retrieved_documents,
    cited,
    asked: [question],
  });
  for (const suggestion of suggestions) {
    // Within the conversation, as the page asks it.
    const conversation = await begin();
    await ask(conversation, question);
    const next = await ask(conversation, suggestion);
    expect(next.json.choices[0].message.content, suggestion).toContain("[doc");
  }
  answered += suggestions.length;
});

let answered = 0;
it("there were suggestions to ask", () => expect(answered).toBeGreaterThan(6));

async function begin(): Promise<string> {
  return (await server.call("POST", "/groundwire/conversations")).json.id;
}
