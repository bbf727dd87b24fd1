/**
 * Conversations that outlive their requests. Every method is one transaction. Times are Unix seconds and are passed in, but
 * for leases of turns: these last by the store's own clock, the same for every process. Ids are made by the caller. A
 * conversation belongs to an owner; for anybody else it does not exist: null or false.
 */
export interface ConversationStore {
  create(conversation: ConversationRecord): Promise<void>;
  get(owner: Owner, id: string): Promise<ConversationRecord | null>;
  /** Pinned ones first, then the one changed last. */
  list(owner: Owner, query: ConversationQuery): Promise<ConversationPage>;
  /** Null: no such conversation. */
  update(owner: Owner, id: string, change: ConversationChange): Promise<ConversationRecord | null>;
  delete(owner: Owner, id: string): Promise<boolean>;
  /** Answers how many there were. */
  deleteAll(owner: Owner): Promise<number>;
  /** All messages, of every branch, in the order they were added. Empty for a conversation that is not there. */
  messages(owner: Owner, id: string): Promise<MessageRecord[]>;
  /**
   * Adds messages, each after its parent; the last one becomes the conversation's `leafId`. False, and nothing is added: no
   * such conversation, or the turn it is part of has been taken over.
   */
  append(owner: Owner, id: string, addition: Addition): Promise<boolean>;
  /** Null takes feedback back. False: no such message. */
  setFeedback(
    owner: Owner,
    place: { id: string; messageId: string },
    feedback: FeedbackRecord | null,
  ): Promise<boolean>;
  /** Lets others read a conversation, or (null) no longer. False: no such conversation. */
  setShare(owner: Owner, id: string, share: ShareRecord | null): Promise<boolean>;
  /** Whoever owns it: a conversation that others may read, with what lets them; null: there is none. */
  shared(id: string): Promise<SharedConversation | null>;
  /** Messages with feedback of all owners, newest feedback first; for whoever runs the server. */
  feedback(query: FeedbackQuery): Promise<FeedbackEntry[]>;
  /**
   * Begins a turn, so that no other is written meanwhile. False: one is being written. A turn whose holder does not renew
   * its lease in time can be taken over.
   */
  beginTurn(id: string, lease: TurnLease): Promise<boolean>;
  /** From now on the lease lasts as long again, also when its time had passed. False: another turn has taken over. */
  renewTurn(id: string, lease: TurnLease): Promise<boolean>;
  /** Ends the turn that `token` began; nothing when another has taken over. */
  endTurn(id: string, token: string): Promise<void>;
  /** Deletes conversations not changed since; answers how many. */
  deleteUnchangedSince(time: number): Promise<number>;
  close(): Promise<void>;
}

/** Whose conversations: a key or user of a tenant. */
export interface Owner {
  tenant: string;
  /** Name of the key or id of the user; "" on a server without keys. */
  name: string;
}

export interface ConversationRecord {
  id: string;
  owner: Owner;
  title: string | null;
  isPinned: boolean;
  metadata: Record<string, string>;
  /** Where the conversation goes on: the last message of the branch that was last looked at; null: no messages yet. */
  leafId: string | null;
  createdAt: number;
  updatedAt: number;
}

/** A change of the leaf or the pin does not make a conversation newer; a new title neither. */
export interface ConversationChange {
  title?: string | null;
  isPinned?: boolean;
  metadata?: Record<string, string>;
  leafId?: string;
}

export interface ConversationQuery {
  limit: number;
  /** Id of the last conversation of the page before. One that is not there any more gives an empty page. */
  after?: string;
  /** Only conversations whose title or messages hold these characters, in any case. */
  search?: string;
}

export interface ConversationPage {
  data: FoundConversation[];
  hasMore: boolean;
}

export interface FoundConversation extends ConversationRecord {
  /** Text of the message that was found; null without a search, and when the title was. */
  match: string | null;
}

export interface MessageRecord {
  id: string;
  /** The message it follows; null: it is a first one. */
  parentId: string | null;
  /** The message in the form of chat completions, JSON. */
  message: string;
  /** Its words, for searching. */
  text: string;
  /** How it came about (citations, usage, model …), JSON; null for what callers sent. */
  answer: string | null;
  feedback: FeedbackRecord | null;
  createdAt: number;
}

export interface Addition {
  messages: MessageRecord[];
  now: number;
  /** Token of the turn they are part of; absent: of none. */
  turn?: string;
}

export interface TurnLease {
  /** Who holds it. */
  token: string;
  milliseconds: number;
}

export interface FeedbackRecord {
  thumb: "up" | "down";
  reasons: string[];
  text: string | null;
  createdAt: number;
}

/** What lets others read a conversation. */
export interface ShareRecord {
  /** A secret: who has it may read. */
  secret: string;
  /** The last message they see. */
  messageId: string;
  /** Groups whose documents the owner could see; null: all documents. */
  groups: readonly string[] | null;
  createdAt: number;
}

export interface SharedConversation {
  conversation: ConversationRecord;
  share: ShareRecord;
}

export interface FeedbackQuery {
  limit: number;
  /** Only older feedback. */
  before?: number;
  /** Id of the last message of the page before. One that has no feedback any more gives an empty page. */
  after?: string;
  thumb?: FeedbackRecord["thumb"];
  /** Only feedback that gives this reason among others. */
  reason?: string;
}

export interface FeedbackEntry {
  conversationId: string;
  owner: Owner;
  message: MessageRecord;
  feedback: FeedbackRecord;
}
