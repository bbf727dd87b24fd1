import type { Owner } from "../conversation-store.ts";

const PREFIX = "groundwire:conversations";

/** What the keys of signatures begin with. */
export const SIGNATURES = `${PREFIX}:signatures:`;
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

/** Of its messages that are answers, by message. */
export function answersKey(id: string): string {
  return `${PREFIX}:answers:${id}`;
}

/** Signatures of its title, then of its messages. */
export function signaturesKey(id: string): string {
  return `${SIGNATURES}${id}`;
}

export function feedbackKey(id: string): string {
  return `${PREFIX}:feedback:${id}`;
}
