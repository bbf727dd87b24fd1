import type {
  ConversationBody,
  FeedbackBody,
  ListedMessageBody,
  MessageBody,
  updateConversationSchema,
} from "../protocol/conversations.ts";
import type { ListBody } from "../protocol/lists.ts";
import type { ShareBody, SharedConversationBody } from "../protocol/shares.ts";
import type { z } from "zod";

/** A conversation with the messages of all its branches. */
export interface KeptConversation extends ConversationBody {
  messages: ListedMessageBody[];
}

export type ConversationChange = z.input<typeof updateConversationSchema>;

/** JSON in, JSON out, with the caller's key. */
export interface JsonCalls {
  json: <T>(path: string, init?: RequestInit) => Promise<T>;
}

const ROOT = "/groundwire/conversations";

/** What can be done with kept conversations. */
export function conversationCalls({ json }: JsonCalls) {
  const send = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    json<T>(ROOT + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  return {
    /** A page of them: pinned ones first, then the one changed last. */
    conversations: ({ after, search, limit }: { after?: string; search?: string; limit: number }) =>
      json<ListBody<ConversationBody>>(
        `${ROOT}?${String(new URLSearchParams({ limit: String(limit), ...(after ? { after } : {}), ...(search ? { search } : {}) }))}`,
      ),
    conversation: (id: string) => send<KeptConversation>("GET", `/${id}`),
    /** With the words of everything that was found for it. */
    message: (id: string, messageId: string) =>
      send<MessageBody>("GET", `/${id}/messages/${messageId}`),
    createConversation: (metadata: Record<string, string>) =>
      send<ConversationBody>("POST", "", { metadata }),
    changeConversation: (id: string, change: ConversationChange) =>
      send<ConversationBody>("PATCH", `/${id}`, change),
    deleteConversation: (id: string) => send<{ deleted: boolean }>("DELETE", `/${id}`),
    /** All of the caller's. */
    deleteConversations: () => send<{ deleted: number }>("DELETE", ""),
    forkConversation: (id: string, messageId: string) =>
      send<ConversationBody>("POST", `/${id}/fork`, { message_id: messageId }),
    /** Shares it as it stands, at the same address as before. */
    shareConversation: (id: string) => send<ShareBody>("POST", `/${id}/share`),
    /** Fails with 404 while it is not shared. */
    shareOf: (id: string) => send<ShareBody>("GET", `/${id}/share`),
    stopSharing: (id: string) => send<{ deleted: boolean }>("DELETE", `/${id}/share`),
    /** One that somebody has shared. */
    sharedConversation: (token: string) =>
      json<SharedConversationBody>(`/groundwire/shared/${encodeURIComponent(token)}`),
    judge: (
      id: string,
      messageId: string,
      feedback: Pick<FeedbackBody, "thumb" | "reasons" | "text">,
    ) => send<MessageBody>("PUT", `/${id}/messages/${messageId}/feedback`, feedback),
    takeBackJudgement: (id: string, messageId: string) =>
      send<MessageBody>("DELETE", `/${id}/messages/${messageId}/feedback`),
  };
}
