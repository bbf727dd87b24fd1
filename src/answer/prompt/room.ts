import { countTokens, estimateTokens } from "../../ingest/tokens.ts";
import type { ChatModel } from "../../models/model.ts";
import type { ChatRequest } from "../../protocol/chat.ts";
import type { Conversation } from "../conversation.ts";
import type { Run } from "../run.ts";
import { instructionsFor } from "./instructions.ts";

/** Share of the window that is kept for the answer, and the most of it that a caller's longer answer may take. */
const ANSWER_SHARE = 0.2;
const MOST_ANSWER_SHARE = 0.5;
/** History and question together, in tokens, unless the window is too small for that. */
const HISTORY_TOKENS = 2_000;
const HISTORY_SHARE = 0.5;

/** How the model's window is divided; in tokens. */
export interface Room {
  instructions: string;
  fixed: { instructions: number; tools: number };
  /** Kept for the answer. */
  reserve: number;
  /** For history, question and passages. */
  budget: number;
  /** Of the budget, for history and question together. */
  turns: number;
}

export function roomFor(run: Run, conversation: Conversation, { family }: ChatModel): Room {
  const { chat, sources } = run.question;
  const instructions = instructionsFor(run, conversation, { limit: family.instructionTokens });
  const reserve = answerReserve(chat, family);
  const fixed = { instructions: countTokens(instructions), tools: toolTokens(chat) };
  const budget = family.window - reserve - fixed.instructions - fixed.tools;
  // Without sources nothing else needs the room.
  const turns =
    sources.length === 0 ? budget : Math.min(HISTORY_TOKENS, Math.floor(budget * HISTORY_SHARE));
  return { instructions, fixed, reserve, budget, turns };
}

/** What is kept for the answer: more than the usual share when the caller wants a long one. */
function answerReserve(
  { max_completion_tokens: current, max_tokens: old }: ChatRequest,
  { window }: ChatModel["family"],
): number {
  const wanted = Math.min(current ?? old ?? 0, window * MOST_ANSWER_SHARE);
  return Math.ceil(Math.max(window * ANSWER_SHARE, wanted));
}

function toolTokens({ tools, response_format: format }: ChatRequest): number {
  const functions = (tools ?? []).filter(({ type }) => type === "function");
  const described = [
    ...(functions.length > 0 ? [functions] : []),
    ...(format === undefined ? [] : [format]),
  ];
  return described.reduce((total: number, part) => total + estimateTokens(JSON.stringify(part)), 0);
}
