import type { ConversationStore, MessageRecord } from "../src/conversations/conversation-store.ts";

const SECTION = `## Leave and notice

Full-time employees get **27 days** of annual leave in a calendar year [doc1], and part-timers the share that their hours have [doc2].
Leave that has not been taken by the end of March of the next year is lost, unless \`HR\` has agreed to keep it [doc1][doc3].

| Country | Days | Carried over |
|:--|--:|:-:|
| Germany | 30 | until 31 March [doc2] |
| Norway | 25 | until 31 December |
| Spain | 23 | no [doc3] |

1. Ask your team first.
2. Then send the form, *at least* four weeks before.
   - Alone for one day: two days before.
   - In the summer: by the end of February [doc4].
3. Wait for the answer.

\`\`\`ts
export function daysLeft(taken: number, allowance = 27): number {
  return Math.max(0, allowance - taken);
}
\`\`\`

> The head of the department decides when two ask for the same week [doc4].

`;

/** Some 1,500 tokens of everything that Markdown has. */
export const LONG_ANSWER = SECTION.repeat(6);

/** One conversation of so many messages, the newest of its owner; every answer has four citations. */
export async function longConversation(
  store: ConversationStore,
  id: string,
  count: number,
): Promise<void> {
  const owner = { tenant: "default", name: "" };
  const now = Math.floor(Date.now() / 1000);
  await store.create({
    id,
    owner,
    title: "A long conversation",
    isPinned: false,
    metadata: {},
    leafId: null,
    createdAt: now,
    updatedAt: now,
  });
  const messages = Array.from({ length: count }, (_, index) => messageOf(index, now));
  await store.append(owner, id, { messages, now });
}

function messageOf(index: number, now: number): MessageRecord {
  const isQuestion = index % 2 === 0;
  const text = isQuestion ? `How is it with leave in case ${index / 2 + 1}?` : SECTION;
  return {
    id: `msg_long${index}`,
    parentId: index === 0 ? null : `msg_long${index - 1}`,
    message: JSON.stringify({ role: isQuestion ? "user" : "assistant", content: text }),
    text,
    answer: isQuestion ? null : JSON.stringify(ANSWER),
    feedback: null,
    createdAt: now,
  };
}

const ANSWER = {
  model: "m",
  status: "completed",
  finish_reason: "stop",
  citations: Array.from({ length: 4 }, (_, index) => ({
    content: `${SECTION.slice(0, 900)} ${index}`,
    title: `handbook-${index}.md`,
    url: null,
    filepath: `handbook-${index}.md`,
    chunk_id: String(index),
  })),
  intent: ["annual leave"],
  retrieved: [],
  usage: { prompt_tokens: 900, completion_tokens: 300, total_tokens: 1_200 },
  error: null,
  milliseconds: 1_200,
};
