import type { ConversationDriver } from "./conversation-driver.ts";
import type {
  ConversationRecord,
  ConversationStore,
  FeedbackEntry,
  FeedbackQuery,
  FeedbackRecord,
  MessageRecord,
  Owner,
  ShareRecord,
} from "./conversation-store.ts";
import { searchBySignature } from "./search-by-signature.ts";
import { mayHold, type Probe, PUBLIC_KEY, type Signature } from "./signature.ts";

interface Held {
  conversation: ConversationRecord;
  messages: MessageRecord[];
  share: ShareRecord | null;
  /** `until`: of `performance.now()`. */
  turn: { token: string; until: number } | null;
  titleSignature: Signature | null;
  signatures: Signature[];
}

/** Conversations of this process, gone with it. */
export function openMemoryConversations(): ConversationStore {
  return searchBySignature(openMemoryDriver(), () => PUBLIC_KEY);
}

export function openMemoryDriver(): ConversationDriver {
  const held = new Map<string, Held>();

  function find(owner: Owner, id: string): Held | null {
    const entry = held.get(id);
    return entry !== undefined && isOwn(entry, owner) ? entry : null;
  }

  return {
    async create({ titleSignature = null, ...conversation }) {
      held.set(conversation.id, {
        conversation: structuredClone(conversation),
        messages: [],
        share: null,
        turn: null,
        titleSignature,
        signatures: [],
      });
    },
    async get(owner, id) {
      return structuredClone(find(owner, id)?.conversation ?? null);
    },
    async list(owner, { limit, after, probe }) {
      const own = [...held.values()]
        .filter((entry) => isOwn(entry, owner))
        .toSorted((left, right) => newestFirst(left.conversation, right.conversation));
      const start = after === undefined ? 0 : indexAfter(own, after);
      const page: Held[] = [];
      for (const entry of own.slice(start)) {
        if (probe === undefined || mayBeFound(entry, probe)) page.push(entry);
        if (page.length > limit) break;
      }
      const data = page.slice(0, limit).map(({ conversation }) => structuredClone(conversation));
      return {
        data: data.map((conversation) => ({ ...conversation, match: null })),
        hasMore: page.length > limit,
      };
    },
    async texts(owner, ids) {
      return ids.map((id) => (find(owner, id)?.messages ?? []).map(({ text }) => text));
    },
    async update(owner, id, { titleSignature, ...change }) {
      const entry = find(owner, id);
      if (entry === null) return null;
      if (titleSignature !== undefined) entry.titleSignature = titleSignature;
      entry.conversation = { ...entry.conversation, ...structuredClone(change) };
      return structuredClone(entry.conversation);
    },
    async delete(owner, id) {
      return find(owner, id) !== null && held.delete(id);
    },
    async deleteAll(owner) {
      const own = [...held].filter(([, entry]) => isOwn(entry, owner));
      for (const [id] of own) held.delete(id);
      return own.length;
    },
    async messages(owner, id) {
      return structuredClone(find(owner, id)?.messages ?? []);
    },
    async append(owner, id, { messages, now, turn, signatures = [] }) {
      const entry = find(owner, id);
      if (entry === null || (turn !== undefined && entry.turn?.token !== turn)) return false;
      entry.messages.push(...structuredClone(messages));
      entry.signatures.push(...signatures);
      const leafId = messages.at(-1)?.id ?? entry.conversation.leafId;
      entry.conversation = { ...entry.conversation, leafId, updatedAt: now };
      return true;
    },
    async setFeedback(owner, { id, messageId }, feedback) {
      const message = find(owner, id)?.messages.find((entry) => entry.id === messageId);
      if (message === undefined) return false;
      message.feedback = structuredClone(feedback);
      return true;
    },
    ...sharesOf(held, find),
    async feedback({ limit, after, ...wanted }) {
      const newest = [...held.values()]
        .flatMap(feedbackIn)
        .toSorted((left, right) => right.feedback.createdAt - left.feedback.createdAt);
      const last = newest.findIndex(({ message }) => message.id === after);
      if (after !== undefined && last === -1) return [];
      return newest
        .slice(last + 1)
        .filter((entry) => isWanted(entry.feedback, wanted))
        .slice(0, limit);
    },
    ...turnsOf(held),
    async deleteUnchangedSince(time) {
      const old = [...held].filter(([, { conversation }]) => conversation.updatedAt < time);
      for (const [id] of old) held.delete(id);
      return old.length;
    },
    async close() {
      held.clear();
    },
  };
}

function turnsOf(
  held: Map<string, Held>,
): Pick<ConversationStore, "beginTurn" | "renewTurn" | "endTurn"> {
  return {
    async beginTurn(id, { token, milliseconds }) {
      const entry = held.get(id);
      const now = performance.now();
      if (entry === undefined || (entry.turn !== null && entry.turn.until > now)) return false;
      entry.turn = { token, until: now + milliseconds };
      return true;
    },
    async renewTurn(id, { token, milliseconds }) {
      const entry = held.get(id);
      if (entry?.turn?.token !== token) return false;
      entry.turn.until = performance.now() + milliseconds;
      return true;
    },
    async endTurn(id, token) {
      const entry = held.get(id);
      if (entry?.turn?.token === token) entry.turn = null;
    },
  };
}

function sharesOf(
  held: ReadonlyMap<string, Held>,
  find: (owner: Owner, id: string) => Held | null,
): Pick<ConversationStore, "setShare" | "shared"> {
  return {
    async setShare(owner, id, share) {
      const entry = find(owner, id);
      if (entry === null) return false;
      entry.share = structuredClone(share);
      return true;
    },
    async shared(id) {
      const { conversation, share = null } = held.get(id) ?? {};
      return conversation === undefined || share === null
        ? null
        : structuredClone({ conversation, share });
    },
  };
}

function isOwn({ conversation: { owner } }: Held, { tenant, name }: Owner): boolean {
  return owner.tenant === tenant && owner.name === name;
}

function mayBeFound({ titleSignature, signatures }: Held, probe: Probe): boolean {
  if (titleSignature === null || mayHold(titleSignature, probe)) return true;
  return signatures.some((signature) => mayHold(signature, probe));
}

function newestFirst(left: ConversationRecord, right: ConversationRecord): number {
  return (
    Number(right.isPinned) - Number(left.isPinned) ||
    right.updatedAt - left.updatedAt ||
    (right.id < left.id ? -1 : 1)
  );
}

function indexAfter(entries: Held[], id: string): number {
  const index = entries.findIndex(({ conversation }) => conversation.id === id);
  return index === -1 ? entries.length : index + 1;
}

function isWanted(
  { thumb, reasons, createdAt }: FeedbackRecord,
  wanted: Omit<FeedbackQuery, "limit" | "after">,
): boolean {
  const { before = Infinity, reason } = wanted;
  return (
    createdAt < before &&
    thumb === (wanted.thumb ?? thumb) &&
    (reason === undefined || reasons.includes(reason))
  );
}

function feedbackIn({ conversation, messages }: Held): FeedbackEntry[] {
  return messages.flatMap((message) =>
    message.feedback === null
      ? []
      : [
          {
            conversationId: conversation.id,
            owner: conversation.owner,
            message: structuredClone(message),
            feedback: structuredClone(message.feedback),
          },
        ],
  );
}
