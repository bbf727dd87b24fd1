import type {
  Addition,
  ConversationChange,
  ConversationPage,
  ConversationQuery,
  ConversationRecord,
  ConversationStore,
  Owner,
} from "./conversation-store.ts";
import type { Probe, Signature } from "./signature.ts";

/** What a database offers: a store that keeps signatures of its texts when it is given them, and then finds what may hold a search by them. */
export interface ConversationDriver extends ConversationStore {
  create(conversation: ConversationRecord & TitleSignature): Promise<void>;
  update(
    owner: Owner,
    id: string,
    change: ConversationChange & TitleSignature,
  ): Promise<ConversationRecord | null>;
  append(owner: Owner, id: string, addition: SignedAddition): Promise<boolean>;
  list(owner: Owner, query: DriverQuery): Promise<ConversationPage>;
  /** What the messages of each of these conversations say, in the order they were added. */
  texts(owner: Owner, ids: string[]): Promise<string[][]>;
}

interface TitleSignature {
  /** Given whenever the title is. */
  titleSignature?: Signature;
}

export interface SignedAddition extends Addition {
  /** Of all texts that are added. */
  signatures?: Signature[];
}

export interface DriverQuery extends ConversationQuery {
  /** Only conversations that may hold what it stands for: those with a signature that has all its bits, and those that were kept without. */
  probe?: Probe;
}
