import type { ConversationBody } from "../../../src/protocol/conversations.ts";

export interface ConversationGroup {
  /** `month`: `from` is a day in it. */
  when: "pinned" | "today" | "yesterday" | "week" | "month";
  from: Date | null;
  conversations: ConversationBody[];
}

/** Conversations by when they were last changed, in the order the server gives them: pinned ones first, then the newest. */
export function groupByDate(conversations: ConversationBody[], now: Date): ConversationGroup[] {
  const groups: ConversationGroup[] = [];
  for (const conversation of conversations) {
    const changed = new Date(conversation.updated_at * 1000);
    const when = conversation.pinned ? "pinned" : whenOf(changed, now);
    const from = when === "month" ? changed : null;
    const last = groups.at(-1);
    if (last?.when === when && isSameMonth(last.from, from)) last.conversations.push(conversation);
    else groups.push({ when, from, conversations: [conversation] });
  }
  return groups;
}

function whenOf(changed: Date, now: Date): Exclude<ConversationGroup["when"], "pinned"> {
  const midnight = (daysAgo: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo).getTime();
  if (changed.getTime() >= midnight(0)) return "today";
  if (changed.getTime() >= midnight(1)) return "yesterday";
  return changed.getTime() >= midnight(7) ? "week" : "month";
}

function isSameMonth(one: Date | null, other: Date | null): boolean {
  return one?.getMonth() === other?.getMonth() && one?.getFullYear() === other?.getFullYear();
}
