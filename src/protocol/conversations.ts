import { z } from "zod";
import { listQuery } from "./lists.ts";
import type { Citation, EarlierSummary, RetrievedDocument, Usage } from "./events.ts";
import type { AnswerStep } from "./steps.ts";
import type { AnswerTrace } from "./trace.ts";
import { withoutNulls } from "./validation.ts";

/** Resource `/groundwire/conversations`; field names are the wire's. */

const title = z.string().trim().max(200);
const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((value) => Object.keys(value).length <= 16, {
    error: "Metadata should have at most 16 keys",
  });

export const createConversationSchema = z.preprocess(
  (value) => withoutNulls(value ?? {}),
  z.object({ title: title.optional(), metadata: metadata.default({}) }),
);

/** A title of null is made anew from the next question. */
export const updateConversationSchema = z.object({
  title: title.nullish(),
  pinned: z.boolean().optional(),
  metadata: metadata.optional(),
  /** Last message of the branch to go on from. */
  leaf_message_id: z.string().max(100).optional(),
});

export const forkConversationSchema = z.object({
  message_id: z.string().max(100),
  title: title.optional(),
});

export const conversationListQuerySchema = listQuery({ max: 100, byDefault: 20 })
  .omit({ before: true, order: true })
  .extend({ search: z.string().trim().max(200).default("") });

export const exportQuerySchema = z.object({
  format: z.enum(["markdown", "json"]).default("markdown"),
});

export const FEEDBACK_REASONS = [
  "citations missing",
  "citations wrong",
  "not from my data",
  "inaccurate",
  "other",
] as const;

export type FeedbackReason = (typeof FEEDBACK_REASONS)[number];

export const feedbackSchema = z.object({
  thumb: z.enum(["up", "down"]),
  reasons: z.array(z.enum(FEEDBACK_REASONS)).max(FEEDBACK_REASONS.length).default([]),
  text: z.string().trim().max(4_000).nullish(),
});

/** What feedback is wanted, of all that callers gave. */
const wantedFeedback = z.object({
  /** Unix seconds: only older feedback. */
  before: z.coerce.number().int().optional(),
  /** Id of the last entry of the page before. */
  after: z.string().min(1).max(100).optional(),
  thumb: z.enum(["up", "down"]).optional(),
  /** Feedback that gives this reason, among others. */
  reason: z.enum(FEEDBACK_REASONS).optional(),
});

export const feedbackQuerySchema = wantedFeedback.extend({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const feedbackExportQuerySchema = wantedFeedback.extend({
  /** All there is by default. */
  limit: z.coerce.number().int().min(1).optional(),
});

export interface ConversationBody {
  id: string;
  object: "conversation";
  title: string | null;
  pinned: boolean;
  metadata: Record<string, string>;
  /** Where it goes on; null: it is empty. */
  leaf_message_id: string | null;
  created_at: number;
  updated_at: number;
  /** Only in lists that were searched: where the text was found in a message. */
  snippet?: string;
}

export interface MessageBody {
  id: string;
  object: "conversation.message";
  /** The message it follows. Messages with the same parent are versions of each other. */
  parent_id: string | null;
  created_at: number;
  /** As in chat completions. */
  message: Record<string, unknown> & { role: string };
  /** How an answer came about; null for messages of callers. */
  answer: StoredAnswer | null;
  feedback: FeedbackBody | null;
}

/** A message as its conversation lists it: with what was found for it, but not the words of that. */
export interface ListedMessageBody extends Omit<MessageBody, "answer"> {
  answer: ListedAnswer | null;
}

export interface ListedAnswer extends Omit<StoredAnswer, "retrieved"> {
  retrieved: Omit<RetrievedDocument, "content">[];
}

/** What all answers of a conversation took, those of other branches too. */
export interface ConversationUsage {
  answers: number;
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  /** By the prices when they were given; 0 where there was none. */
  cost: number;
  /** ISO 4217; null: there are no prices. */
  currency: string | null;
}

export interface StoredAnswer {
  model: string;
  /** `completed`, or how it ended otherwise: stopped by the caller, or failed. */
  status: "completed" | "stopped" | "failed";
  finish_reason: string | null;
  citations: Citation[];
  intent: string[];
  retrieved: RetrievedDocument[];
  usage: Usage | null;
  /** In the currency of the prices; null: nothing was used, or it has no price. */
  cost: number | null;
  /** Written with this answer; it stands for the questions before that many. */
  summary?: EarlierSummary;
  /** What hosted tools did; absent when there were none. */
  steps?: AnswerStep[];
  /** Where the caller asked for it. */
  trace?: AnswerTrace;
  /** What went wrong, as the caller was told. */
  error: string | null;
  /** From the question to the last word. */
  milliseconds: number;
}

export interface FeedbackBody {
  thumb: "up" | "down";
  reasons: string[];
  text: string | null;
  created_at: number;
}

/** One of `GET /groundwire/feedback`. */
export interface FeedbackEntryBody {
  /** Of the answer. */
  id: string;
  object: "conversation.feedback";
  conversation_id: string;
  /** The conversation is the caller's, who can open it. */
  own: boolean;
  tenant: string;
  /** Name of the key or id of the user that asked; empty on a server without keys. */
  key: string;
  question: string;
  /** The answer, with its feedback. */
  message: MessageBody;
}
