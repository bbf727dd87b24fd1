import type { ConversationStore, MessageRecord } from "../src/conversations/conversation-store.ts";

const SENTENCES = [
  "Full-time employees get 27 days of annual leave in a calendar year.",
  "A doctor's note is needed from the third day on.",
  "The crane on the east quay lifts up to forty tonnes in calm weather.",
  "Night shifts begin at ten in the evening and end at six in the morning.",
  "Travel in the second class is booked up to four weeks ahead.",
  "Signals are answered within ten minutes by whoever is on duty.",
];
const AT_ONCE = 100;

/**
 * Conversations as someone has in years, one an hour, the newest last; answers their ids. "topicN" stands in every
 * hundredth, "caseNx" in one.
 */
export async function seedConversations(
  store: ConversationStore,
  { count, messages }: { count: number; messages: number },
): Promise<string[]> {
  // The owner on a server without keys.
  const owner = { tenant: "default", name: "" };
  const now = Math.floor(Date.now() / 1000);
  const ids = Array.from({ length: count }, (_, index) => `conv_bench${index}`);

  async function add(id: string, index: number): Promise<void> {
    const at = now - (count - index) * 3_600;
    await store.create({
      id,
      owner,
      title: `Question ${index} about topic${index % 100} and more`,
      isPinned: false,
      metadata: {},
      leafId: null,
      createdAt: at,
      updatedAt: at,
    });
    await store.append(owner, id, { messages: messagesOf(id, { index, messages, at }), now: at });
  }

  for (let start = 0; start < count; start += AT_ONCE) {
    await Promise.all(
      ids.slice(start, start + AT_ONCE).map((id, offset) => add(id, start + offset)),
    );
  }
  return ids;
}

function messagesOf(
  id: string,
  { index, messages, at }: { index: number; messages: number; at: number },
): MessageRecord[] {
  return Array.from({ length: messages }, (_, number) => {
    const picked = Array.from(
      { length: number % 2 === 0 ? 1 : 5 },
      (_unused, place) => SENTENCES[(index + number + place) % SENTENCES.length],
    );
    const text = `${picked.join(" ")} This is case${index}x, of leave.`;
    const role = number % 2 === 0 ? "user" : "assistant";
    return {
      id: `msg_${id}_${number}`,
      parentId: number === 0 ? null : `msg_${id}_${number - 1}`,
      message: JSON.stringify({ role, content: text }),
      text,
      answer: null,
      feedback: null,
      createdAt: at,
    };
  });
}
