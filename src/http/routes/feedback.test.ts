import { expect, test } from "vitest";
import type { ConversationStore } from "../../conversations/conversation-store.ts";
import { conversation, message } from "../../testing/conversation-records.ts";
import { startTestApp } from "../../testing/http-services.ts";

const OWNER = { tenant: "default", name: "" };
const COUNT = 250;

/** A conversation of many questions, every answer of which was judged. */
async function fill(conversations: ConversationStore): Promise<void> {
  await conversations.create(conversation("conv_1", { owner: OWNER }));
  const messages = Array.from({ length: 2 * COUNT }, (_, index) => {
    const role = index % 2 === 0 ? "user" : "assistant";
    const text = `${role} ${index}`;
    // Each question begins anew.
    const parentId = role === "user" ? null : `msg_${index - 1}`;
    return message(`msg_${index}`, {
      parentId,
      message: JSON.stringify({ role, content: text }),
      text,
    });
  });
  await conversations.append(OWNER, "conv_1", { messages, now: 1_000 });
  for (let index = 1; index < messages.length; index += 2) {
    const place = { id: "conv_1", messageId: `msg_${index}` };
    const feedback = { thumb: "down" as const, reasons: [], text: null, createdAt: 2_000 + index };
    await conversations.setFeedback(OWNER, place, feedback);
  }
}

test("an export has everything there is, once, and no more than was asked for", async () => {
  await using server = await startTestApp();
  await fill(server.services.conversations);
  const idsOf = async (query: string): Promise<string[]> => {
    const { text } = await server.call(`/groundwire/feedback/export${query}`);
    const lines = text.split("\n").filter(Boolean);
    return lines.map((line) => (JSON.parse(line) as { id: string }).id);
  };
  const all = await idsOf("");
  expect(all).toHaveLength(COUNT);
  expect(new Set(all).size).toBe(COUNT);
  expect(all[0]).toBe(`msg_${2 * COUNT - 1}`);
  expect(await idsOf("?limit=130")).toEqual(all.slice(0, 130));
  expect(await idsOf(`?after=${all[100]}`)).toEqual(all.slice(101));
});
