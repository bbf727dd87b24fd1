import { expect, test } from "vitest";
import type { ConversationStore } from "../conversations/conversation-store.ts";
import { openMemoryConversations } from "../conversations/memory.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import { type Reply, startTestApp, type TestApp } from "../testing/http-services.ts";

const PATH = "/groundwire/conversations";
const SOON = { holdMs: 30, renewMs: 5 };

/** An answer that waits in the middle. */
function waitingAnswer() {
  const { promise: goOn, resolve: release } = Promise.withResolvers<void>();
  async function* answer(): AsyncGenerator<AnswerEvent> {
    yield { type: "text-delta", text: "Late" };
    await goOn;
    yield { type: "text-delta", text: " words." };
    yield { type: "finish", reason: "stop", model: "o1" };
  }
  return { answerer: { answer }, release };
}

async function* shortAnswer(): AsyncGenerator<AnswerEvent> {
  yield { type: "text-delta", text: "Short." };
  yield { type: "finish", reason: "stop", model: "o1" };
}

const begin = async (app: TestApp): Promise<string> => (await app.post(PATH, {})).json.id;
const ask = (app: TestApp, id: string, content: string): Promise<Reply> =>
  app.post("/openai/v1/chat/completions", {
    model: "o1",
    conversation_id: id,
    messages: [{ role: "user", content }],
  });
const wordsOf = async (app: TestApp, id: string): Promise<string[]> =>
  (await app.call(`${PATH}/${id}`)).json.messages.map(({ message }: any) => message.content);

test("a turn is held for as long as it is being answered", async () => {
  const conversations = openMemoryConversations();
  let renewals = 0;
  const counted: ConversationStore = {
    ...conversations,
    renewTurn: (id, lease) => (renewals++, conversations.renewTurn(id, lease)),
  };
  const { answerer, release } = waitingAnswer();
  const options = { conversations: counted, turnTimes: SOON };
  await using one = await startTestApp({}, { ...options, answerer });
  await using other = await startTestApp({}, { ...options, answerer: { answer: shortAnswer } });
  const id = await begin(one);
  const first = ask(one, id, "First?");
  await expect.poll(() => renewals).toBeGreaterThan((2 * SOON.holdMs) / SOON.renewMs);
  expect((await ask(other, id, "Second?")).status).toBe(409);
  release();
  expect((await first).status).toBe(200);
  expect((await ask(other, id, "Third?")).status).toBe(200);
  expect(await wordsOf(one, id)).toEqual(["First?", "Late words.", "Third?", "Short."]);
});

test.each([
  ["and learns of it, ends with an error", 409, (store: ConversationStore) => store.renewTurn],
  ["and does not learn of it", 200, () => () => Promise.reject(new Error("cut off"))],
] as const)(
  "a turn that another server took over adds nothing, %s",
  async (_name, status, renewOf) => {
    const conversations = openMemoryConversations();
    const { answerer, release } = waitingAnswer();
    let isCutOff = true;
    let learns = 0;
    const cutOff: ConversationStore = {
      ...conversations,
      async renewTurn(id, lease) {
        if (isCutOff) throw new Error("cut off");
        return renewOf(conversations)(id, lease).finally(() => learns++);
      },
    };
    const one = { conversations: cutOff, answerer, turnTimes: SOON };
    const another = { conversations, answerer: { answer: shortAnswer }, turnTimes: SOON };
    await using first = await startTestApp({}, one);
    await using second = await startTestApp({}, another);
    const id = await begin(first);
    const late = ask(first, id, "First?");
    await expect.poll(async () => (await ask(second, id, "Second?")).status).toBe(200);
    isCutOff = false;
    await expect.poll(() => learns).toBeGreaterThan(0);
    release();
    expect((await late).status).toBe(status);
    expect(await wordsOf(second, id)).toEqual(["First?", "Second?", "Short."]);
  },
);
