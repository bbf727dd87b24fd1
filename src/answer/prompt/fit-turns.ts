import { countTokens, cutTokens, estimateTokens, keepEnds } from "../../ingest/tokens.ts";
import type { ChatRequestMessage } from "../../protocol/chat.ts";
import { textOf } from "../conversation.ts";

/** What a message costs beside its text, in tokens. */
const FRAME_TOKENS = 4;
/** A part of a message that is no text (an image), in tokens. */
const PART_TOKENS = 1_000;
/** An older message is cut rather than left out when this much of it fits. */
const WORTH_KEEPING = 200;
/** Most of the room that the beginning of a conversation takes when the middle is left out. */
const BEGINNING_SHARE = 0.25;

export interface FittedTurns {
  turns: ChatRequestMessage[];
  /** Tokens of what was said before, of the question, and of what followed it (calls of tools and their results) or is no text. */
  tokens: { history: number; question: number; other: number };
}

/**
 * History and question in so many tokens together. A question that is too long loses its middle; of the history the oldest goes
 * first or, when the caller wants that (`truncation_strategy` `auto`), the middle. Calls of tools stay with their results. What
 * follows the question always stays.
 */
export function fitTurns(
  turns: ChatRequestMessage[],
  { limit, keepsBeginning }: { limit: number; keepsBeginning: boolean },
): FittedTurns {
  const last = turns.findLastIndex(({ role }) => role === "user");
  const after = turns.slice(last + 1);
  const question = turns
    .slice(Math.max(0, last), last + 1)
    .map((turn) => cutText(turn, limit, keepEnds));
  const history = fitHistory(turns.slice(0, Math.max(0, last)), {
    room: limit - tokensOf(question),
    keepsBeginning,
  });
  const fitted = [...history, ...question];
  return {
    turns: [...fitted, ...after],
    tokens: {
      history: tokensOf(history),
      question: tokensOf(question),
      other: tokensOf(after) + otherPartsIn([...fitted, ...after]) * PART_TOKENS,
    },
  };
}

function fitHistory(
  turns: ChatRequestMessage[],
  { room, keepsBeginning }: { room: number; keepsBeginning: boolean },
): ChatRequestMessage[] {
  const units = unitsOf(turns);
  let left = room;
  const kept: ChatRequestMessage[][] = [];
  const beginning = keepsBeginning ? (units[0] ?? []) : [];
  if (beginning.length > 0 && tokensOf(beginning) <= room * BEGINNING_SHARE) {
    units.shift();
    left -= tokensOf(beginning);
  } else beginning.splice(0);
  for (const unit of units.toReversed()) {
    const tokens = tokensOf(unit);
    if (tokens > left) {
      const cut = left >= WORTH_KEEPING ? shorten(unit, left) : null;
      if (cut) kept.unshift(cut);
      break;
    }
    kept.unshift(unit);
    left -= tokens;
  }
  return [...beginning, ...kept.flat()];
}

/** Messages that stay or go together: a call of tools and its results. */
function unitsOf(turns: ChatRequestMessage[]): ChatRequestMessage[][] {
  const units: ChatRequestMessage[][] = [];
  for (const turn of turns) {
    const current = units.at(-1);
    const isResult = turn.role === "tool" || turn.role === "function";
    if (isResult && current) current.push(turn);
    else units.push([turn]);
  }
  return units;
}

/** A plain message in fewer tokens; null for calls of tools, which are whole or useless. */
function shorten(
  [turn, ...others]: ChatRequestMessage[],
  limit: number,
): ChatRequestMessage[] | null {
  const isPlain = others.length === 0 && turn?.tool_calls === undefined && turn?.role !== "tool";
  return turn && isPlain ? [cutText(turn, limit - FRAME_TOKENS, cutTokens)] : null;
}

/** The message with so many tokens of text, over all its parts. */
function cutText(
  turn: ChatRequestMessage,
  limit: number,
  cut: (text: string, limit: number) => string,
): ChatRequestMessage {
  const { content } = turn;
  if (content === undefined) return turn;
  if (typeof content === "string") return { ...turn, content: cut(content, limit) };
  let left = limit;
  const parts = content.map((part) => {
    if (typeof part["text"] !== "string") return part;
    const text = cut(part["text"], left);
    left -= countTokens(text);
    return { ...part, text };
  });
  return { ...turn, content: parts.filter((part) => part["text"] !== "") };
}

/** Tokens of text and calls. */
export function tokensOf(turns: ChatRequestMessage[]): number {
  return turns.reduce((total, turn) => {
    const called = turn.tool_calls === undefined ? "" : JSON.stringify(turn.tool_calls);
    return total + estimateTokens(textOf(turn)) + estimateTokens(called) + FRAME_TOKENS;
  }, 0);
}

function otherPartsIn(turns: ChatRequestMessage[]): number {
  return turns.flatMap(({ content }) =>
    Array.isArray(content) ? content.filter((part) => typeof part["text"] !== "string") : [],
  ).length;
}
