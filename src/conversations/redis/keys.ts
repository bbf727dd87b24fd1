import type { Owner } from "../conversation-store.ts";

const PREFIX = "groundwire:conversations";

/** Every conversation, by the time of its last change. */
export const ALL = `${PREFIX}:all`;
/** Messages with feedback, by its time. */
export const JUDGED = `${PREFIX}:judged`;
/** The conversation of each of them. */
export const JUDGED_IN = `${PREFIX}:judged-in`;

/** An owner's conversations. */
export function ownerKey({ tenant, name }: Owner): string {
  return `${PREFIX}:of:${JSON.stringify([tenant, name])}`;
}

export function conversationKey(id: string): string {
  return `${PREFIX}:one:${id}`;
}

export function messagesKey(id: string): string {
  return `${PREFIX}:messages:${id}`;
}

export function feedbackKey(id: string): string {
  return `${PREFIX}:feedback:${id}`;
}
