import type { ConversationDriver, SignedAddition } from "../conversation-driver.ts";
import type {
  ConversationChange,
  ConversationRecord,
  MessageRecord,
  Owner,
  ShareRecord,
} from "../conversation-store.ts";
import { openRedis, type ScriptValue } from "./database.ts";
import { listFeedback } from "./feedback.ts";
import { listConversations } from "./list.ts";
import { messagesOf } from "./messages.ts";
import {
  ALL,
  answersKey,
  conversationKey,
  feedbackKey,
  JUDGED,
  JUDGED_IN,
  messagesKey,
  ownerKey,
  signaturesKey,
} from "./keys.ts";
import { type Fields, fieldsOf, storedMessage, textOf, toConversation } from "./records.ts";
import {
  APPEND,
  BEGIN_TURN,
  CREATE,
  DELETE,
  END_TURN,
  RENEW_TURN,
  SET_FEEDBACK,
  UPDATE,
} from "./scripts.ts";

/** Conversations in Redis, for any number of processes. As durable as the server is set to be. Rejects when it cannot be reached. */
export async function openRedisConversations(url: string): Promise<ConversationDriver> {
  const redis = await openRedis(url);

  async function get(owner: Owner, id: string): Promise<ConversationRecord | null> {
    const fields = await redis.hash(conversationKey(id));
    return fields["owner"] === ownerKey(owner) ? toConversation(id, fields) : null;
  }

  async function remove(owner: string, id: string): Promise<boolean> {
    const own = [conversationKey(id), owner, ALL, messagesKey(id), feedbackKey(id)];
    const keys = [...own, JUDGED, JUDGED_IN, answersKey(id), signaturesKey(id)];
    return (await redis.script(DELETE, keys, [id])) === 1;
  }

  async function messages(owner: Owner, id: string): Promise<MessageRecord[]> {
    return (await get(owner, id)) === null ? [] : messagesOf(redis, id);
  }

  return {
    async create({ titleSignature = "", ...conversation }) {
      const { id, owner } = conversation;
      const keys = [conversationKey(id), ownerKey(owner), ALL, signaturesKey(id)];
      await redis.script(CREATE, keys, [id, titleSignature, ...pairs(fieldsOf(conversation))]);
    },
    get,
    list: (owner, query) => listConversations(redis, owner, query),
    async update(owner, id, { titleSignature = "", ...change }) {
      const keys = [conversationKey(id), ownerKey(owner), signaturesKey(id)];
      const values = [id, titleSignature, ...pairs(changesOf(change))];
      const changed = await redis.script(UPDATE, keys, values);
      return changed === 1 ? get(owner, id) : null;
    },
    delete: (owner, id) => remove(ownerKey(owner), id),
    async deleteAll(owner) {
      const ids = await redis.highest(ownerKey(owner), 0, -1);
      return countOf(ids.map((id) => remove(ownerKey(owner), id)));
    },
    messages,
    async texts(owner, ids) {
      const [fields, stored] = await Promise.all([
        redis.hashes(ids.map(conversationKey)),
        redis.lists(ids.map(messagesKey)),
      ]);
      const isOwn = (index: number): boolean => fields[index]?.["owner"] === ownerKey(owner);
      return stored.map((messages, index) => (isOwn(index) ? messages.map(textOf) : []));
    },
    async append(owner, id, addition) {
      const own = [conversationKey(id), ownerKey(owner), ALL, messagesKey(id)];
      const keys = [...own, answersKey(id), signaturesKey(id)];
      return (await redis.script(APPEND, keys, [id, ...valuesOf(addition)])) === 1;
    },
    async setFeedback(owner, { id, messageId }, feedback) {
      const known = await messages(owner, id);
      if (!known.some((message) => message.id === messageId)) return false;
      const own = [conversationKey(id), ownerKey(owner), feedbackKey(id)];
      const keys = [...own, JUDGED, JUDGED_IN];
      const text = feedback === null ? "" : JSON.stringify(feedback);
      const values = [id, messageId, text, feedback?.createdAt ?? 0];
      return (await redis.script(SET_FEEDBACK, keys, values)) === 1;
    },
    async setShare(owner, id, share) {
      const keys = [conversationKey(id), ownerKey(owner), signaturesKey(id)];
      const fields = pairs({ share: share === null ? "" : JSON.stringify(share) });
      return (await redis.script(UPDATE, keys, [id, "", ...fields])) === 1;
    },
    async shared(id) {
      const fields = await redis.hash(conversationKey(id));
      // Written by `setShare`.
      return fields["share"]
        ? {
            conversation: toConversation(id, fields),
            share: JSON.parse(fields["share"]) as ShareRecord,
          }
        : null;
    },
    feedback: (query) => listFeedback(redis, query),
    async beginTurn(id, { token, milliseconds }) {
      return (await redis.script(BEGIN_TURN, [conversationKey(id)], [token, milliseconds])) === 1;
    },
    async renewTurn(id, { token, milliseconds }) {
      return (await redis.script(RENEW_TURN, [conversationKey(id)], [token, milliseconds])) === 1;
    },
    async endTurn(id, token) {
      await redis.script(END_TURN, [conversationKey(id)], [token]);
    },
    async deleteUnchangedSince(time) {
      const ids = await redis.allBelow(ALL, time);
      const owners = await redis.hashes(ids.map(conversationKey));
      return countOf(ids.map((id, index) => remove(owners[index]?.["owner"] ?? "", id)));
    },
    close: () => redis.close(),
  };
}

function valuesOf({ messages, now, turn = "", signatures = [] }: SignedAddition): ScriptValue[] {
  const answers = messages.flatMap(({ id, answer }) => (answer === null ? [] : [id, answer]));
  const leaf = messages.at(-1)?.id ?? "";
  const counts = [messages.length, answers.length];
  return [now, leaf, turn, ...counts, ...messages.map(storedMessage), ...answers, ...signatures];
}

function changesOf(change: ConversationChange): Fields {
  return {
    ...(change.title === undefined ? {} : { title: JSON.stringify(change.title) }),
    ...(change.isPinned === undefined ? {} : { pinned: String(Number(change.isPinned)) }),
    ...(change.metadata === undefined ? {} : { metadata: JSON.stringify(change.metadata) }),
    ...(change.leafId === undefined ? {} : { leaf: change.leafId }),
  };
}

function pairs(fields: Fields): string[] {
  return Object.entries(fields).flat();
}

async function countOf(done: Promise<boolean>[]): Promise<number> {
  return (await Promise.all(done)).filter(Boolean).length;
}
