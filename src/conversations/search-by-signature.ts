import type { ConversationDriver } from "./conversation-driver.ts";
import type {
  ConversationPage,
  ConversationQuery,
  ConversationStore,
  FoundConversation,
  Owner,
} from "./conversation-store.ts";
import { findText } from "./find-text.ts";
import { foldText } from "./fold-text.ts";
import { NO_TEXT, probeOf, type Signature, signaturesOf } from "./signature.ts";

/** Conversations whose texts are read at a time. */
const AT_A_TIME = 50;

/**
 * Searches what cannot search by itself: everything is kept with signatures, and of a search only the texts are read that may
 * hold it.
 * @param keyOf The key of an owner's signatures, 32 bytes.
 */
export function searchBySignature(
  driver: ConversationDriver,
  keyOf: (owner: Owner) => Buffer,
): ConversationStore {
  /** A title is shorter than the text of one signature. */
  async function signTitle(owner: Owner, title: string | null): Promise<Signature> {
    return (await signaturesOf(foldText(title ?? ""), keyOf(owner)))[0] ?? NO_TEXT;
  }

  async function search(
    owner: Owner,
    { limit, after, search: searched = "" }: ConversationQuery,
  ): Promise<ConversationPage> {
    const wanted = foldText(searched);
    if (wanted === "") return driver.list(owner, { limit, ...(after && { after }) });
    const probe = probeOf(wanted, keyOf(owner));
    const data: FoundConversation[] = [];
    let last = after;
    for (;;) {
      const page = await driver.list(owner, {
        limit: AT_A_TIME,
        probe,
        ...(last === undefined ? {} : { after: last }),
      });
      const ids = page.data.map(({ id }) => id);
      const texts = await driver.texts(owner, ids);
      const found = page.data.map((kept, index) => findText(kept, texts[index] ?? [], wanted));
      data.push(...found.filter((entry) => entry !== null));
      last = ids.at(-1);
      if (data.length > limit || !page.hasMore) break;
    }
    return { data: data.slice(0, limit), hasMore: data.length > limit };
  }

  return {
    ...driver,
    async create(conversation) {
      const { owner, title } = conversation;
      await driver.create({ ...conversation, titleSignature: await signTitle(owner, title) });
    },
    async update(owner, id, change) {
      if (change.title === undefined) return driver.update(owner, id, change);
      const titleSignature = await signTitle(owner, change.title);
      return driver.update(owner, id, { ...change, titleSignature });
    },
    async append(owner, id, addition) {
      // Texts that are added together share signatures: there are fewer to look at.
      const texts = addition.messages.map(({ text }) => foldText(text));
      const signatures = await signaturesOf(texts.join("\n"), keyOf(owner));
      return driver.append(owner, id, { ...addition, signatures });
    },
    list: (owner, query) => (query.search ? search(owner, query) : driver.list(owner, query)),
  };
}
