import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

import { GroundwireError } from "../protocol/errors.ts";
import type { ConversationDriver } from "./conversation-driver.ts";
import type {
  ConversationRecord,
  ConversationStore,
  FeedbackRecord,
  MessageRecord,
  Owner,
  ShareRecord,
} from "./conversation-store.ts";
import { searchBySignature } from "./search-by-signature.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** So that what is derived for one purpose says nothing of what is derived for another. */
const SEARCH_PURPOSE = "groundwire conversations search";

/**
 * Keeps titles, messages, answers and the words of feedback in `driver` encrypted; who, when and how many stay readable
 * there. It is searched by signatures under a key of each owner, which is derived from `key`.
 * @param key 32 bytes, for AES-256-GCM.
 */
export function encryptConversations(driver: ConversationDriver, key: Buffer): ConversationStore {
  return searchBySignature(sealTexts(driver, key), ({ tenant, name }) =>
    Buffer.from(hkdfSync("sha256", key, JSON.stringify([tenant, name]), SEARCH_PURPOSE, KEY_BYTES)),
  );
}

function sealTexts(store: ConversationDriver, key: Buffer): ConversationDriver {
  const { seal, unseal } = sealsOf(key);

  function conversationOf(kept: ConversationRecord): ConversationRecord {
    const { sealed } = kept.metadata;
    const metadata =
      sealed === undefined ? {} : (JSON.parse(unseal(sealed)) as Record<string, string>); // written below
    return { ...kept, metadata, title: kept.title === null ? null : unseal(kept.title) };
  }

  function messageOf(kept: MessageRecord): MessageRecord {
    const { feedback, answer } = kept;
    return {
      ...kept,
      message: unseal(kept.message),
      text: unseal(kept.text),
      answer: answer === null ? null : unseal(answer),
      feedback: feedback === null ? null : withText(feedback, unseal),
    };
  }

  const sealedMetadata = (metadata: Record<string, string>): Record<string, string> => ({
    sealed: seal(JSON.stringify(metadata)),
  });

  async function messages(owner: Owner, id: string): Promise<MessageRecord[]> {
    return (await store.messages(owner, id)).map(messageOf);
  }

  return {
    delete: (owner, id) => store.delete(owner, id),
    deleteAll: (owner) => store.deleteAll(owner),
    beginTurn: (id, lease) => store.beginTurn(id, lease),
    renewTurn: (id, lease) => store.renewTurn(id, lease),
    endTurn: (id, token) => store.endTurn(id, token),
    deleteUnchangedSince: (time) => store.deleteUnchangedSince(time),
    close: () => store.close(),
    create: (conversation) =>
      store.create({
        ...conversation,
        title: conversation.title === null ? null : seal(conversation.title),
        metadata: sealedMetadata(conversation.metadata),
      }),
    async get(owner, id) {
      const kept = await store.get(owner, id);
      return kept === null ? null : conversationOf(kept);
    },
    async list(owner, query) {
      const { data, hasMore } = await store.list(owner, query);
      return { data: data.map((kept) => ({ ...conversationOf(kept), match: null })), hasMore };
    },
    async update(owner, id, change) {
      const { title, metadata, ...others } = change;
      const kept = await store.update(owner, id, {
        ...others,
        ...(title === undefined ? {} : { title: title === null ? null : seal(title) }),
        ...(metadata === undefined ? {} : { metadata: sealedMetadata(metadata) }),
      });
      return kept === null ? null : conversationOf(kept);
    },
    messages,
    async texts(owner, ids) {
      return (await store.texts(owner, ids)).map((texts) => texts.map(unseal));
    },
    append: (owner, id, addition) =>
      store.append(owner, id, {
        ...addition,
        messages: addition.messages.map((message) => sealedMessage(message, seal)),
      }),
    setFeedback: (owner, place, feedback) =>
      store.setFeedback(owner, place, feedback === null ? null : withText(feedback, seal)),
    setShare: (owner, id, share) => store.setShare(owner, id, share && withSecret(share, seal)),
    async shared(id) {
      const kept = await store.shared(id);
      if (kept === null) return null;
      const share = withSecret(kept.share, unseal);
      return { conversation: conversationOf(kept.conversation), share };
    },
    async feedback(query) {
      return (await store.feedback(query)).map((entry) => ({
        ...entry,
        message: messageOf(entry.message),
        feedback: withText(entry.feedback, unseal),
      }));
    },
  };
}

function withSecret(share: ShareRecord, change: (text: string) => string): ShareRecord {
  return { ...share, secret: change(share.secret) };
}

function sealedMessage(message: MessageRecord, seal: (text: string) => string): MessageRecord {
  return {
    ...message,
    message: seal(message.message),
    text: seal(message.text),
    answer: message.answer === null ? null : seal(message.answer),
  };
}

function withText(feedback: FeedbackRecord, change: (text: string) => string): FeedbackRecord {
  return { ...feedback, text: feedback.text === null ? null : change(feedback.text) };
}

/** Nonce, tag and text in base64. */
function sealsOf(key: Buffer): {
  seal: (text: string) => string;
  unseal: (sealed: string) => string;
} {
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const sealed = [cipher.update(text, "utf8"), cipher.final()];
      return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString("base64");
    },
    unseal(sealed) {
      try {
        const bytes = Buffer.from(sealed, "base64");
        const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw new GroundwireError(
          "conversations_unavailable",
          "The conversations were kept with another encryption key, or with none, and cannot be read. The operator has to set 'conversations.encryption_key' to the one they were kept with.",
          { cause },
        );
      }
    },
  };
}
