import type { StoredAnswer } from "./conversations.ts";
import type { Citation } from "./events.ts";

/** What lets others of the tenant read a conversation. */
export interface ShareBody {
  object: "conversation.share";
  conversation_id: string;
  /** Of the page that shows it, on this server; who has it and may chat here may read. */
  path: string;
  /** The last message they see: what comes later is not shared with it. */
  message_id: string;
  created_at: number;
}

/** A conversation as others read it: who asked, what it took and what anybody thought of it is not in it. */
export interface SharedConversationBody {
  object: "conversation.shared";
  title: string | null;
  messages: SharedMessageBody[];
}

export interface SharedMessageBody {
  role: "user" | "assistant";
  content: string;
  /** Of an answer, as they were kept. */
  citations: Citation[];
  /** How the answer ended; null for questions. */
  status: StoredAnswer["status"] | null;
}
