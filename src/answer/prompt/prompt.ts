import { countTokens, estimateTokens } from "../../ingest/tokens.ts";
import type { ChatModel, ModelMessage } from "../../models/model.ts";
import type { ChatRequest, ChatRequestMessage } from "../../protocol/chat.ts";
import { withoutReplayedKeys } from "../../protocol/history.ts";
import type { Conversation } from "../conversation.ts";
import type { RankedCandidate } from "../rank.ts";
import type { Run } from "../run.ts";
import { fitTurns } from "./fit-turns.ts";
import { type Framed, frame } from "./frame.ts";
import { instructionsFor } from "./instructions.ts";

/** Share of the window that is kept for the answer, and the most of it that a caller's longer answer may take. */
const ANSWER_SHARE = 0.2;
const MOST_ANSWER_SHARE = 0.5;
/** History and question together, in tokens, unless the window is too small for that. */
const HISTORY_TOKENS = 2_000;
const HISTORY_SHARE = 0.5;

/** Characters of the question that its frames are made of. */
const MADE_OF = 10_000;

export interface Prompt {
  messages: ModelMessage[];
  /** The passages that fitted, in the order of their markers. */
  passages: RankedCandidate[];
}

/**
 * The messages for the model: instructions, history, and the question with the numbered passages. Passages stand in a
 * user message as data, never among the instructions.
 */
export function buildPrompt(
  run: Run,
  {
    conversation,
    passages,
    model: { family },
  }: { conversation: Conversation; passages: RankedCandidate[]; model: ChatModel },
): Prompt {
  const { chat, sources } = run.question;
  const instructions = instructionsFor(run, conversation, { limit: family.instructionTokens });
  const reserve = answerReserve(chat, family);
  const fixed = { instructions: countTokens(instructions), tools: toolTokens(chat) };
  const budget = family.window - reserve - fixed.instructions - fixed.tools;
  const fitted = fitTurns(conversation.turns, {
    // Without sources nothing else needs the room.
    limit:
      sources.length === 0 ? budget : Math.min(HISTORY_TOKENS, Math.floor(budget * HISTORY_SHARE)),
    keepsBeginning: chat.truncation_strategy?.type === "auto",
  });
  const { history, question: asked, other } = fitted.tokens;
  const { fitting, block, tokens } = fitPassages(passages, {
    question: conversation.question,
    room: budget - history - asked - other,
  });
  run.trace.prompt = {
    window: family.window,
    answer_reserve: reserve,
    ...fixed,
    history,
    question: asked,
    other,
    passages: tokens,
  };
  const messages = withDocuments(fitted.turns, block).map((turn): ModelMessage => ({
    ...turn,
    content: turn.content ?? null,
  }));
  const role = family.instructionRoles[0] ?? "user";
  const head: ModelMessage[] = instructions === "" ? [] : [{ role, content: instructions }];
  return { messages: [...head, ...messages], passages: fitting };
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

interface FittedPassages {
  fitting: RankedCandidate[];
  /** What the model reads; "" without passages. */
  block: string;
  tokens: number;
}

/** As many passages as there is room for, best first; one that does not fit makes room for shorter ones behind it. */
function fitPassages(
  passages: RankedCandidate[],
  { question, room }: { question: string; room: number },
): FittedPassages {
  const framed = frameOf(passages, question);
  const frameTokens = countTokens(framed.beforeQuestion([]));
  let left = room - frameTokens;
  const fitting = passages.filter((_, index) => {
    // A line break between two may take a token.
    const tokens = countTokens(framed.documents[index] ?? "") + 1;
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
  if (fitting.length === 0) return { fitting, block: "", tokens: 0 };
  // Framed again: markers are numbered by what is shown.
  const shown = fitting.length === passages.length ? framed : frameOf(fitting, question);
  const block = shown.beforeQuestion(shown.documents);
  return { fitting, block, tokens: countTokens(block) };
}

function frameOf(passages: RankedCandidate[], question: string): Framed {
  return frame(
    passages.map(({ passage }) => passage),
    question.slice(0, MADE_OF),
  );
}

/** The documents go into the last question, before its words. */
function withDocuments(turns: ChatRequestMessage[], block: string): ChatRequestMessage[] {
  if (block === "") return turns.map(withoutReplayedKeys);
  const last = turns.findLastIndex(({ role }) => role === "user");
  return turns.map((turn, index) => {
    if (index !== last) return withoutReplayedKeys(turn);
    const asked =
      typeof turn.content === "string"
        ? [{ type: "text", text: turn.content }]
        : (turn.content ?? []);
    return { ...withoutReplayedKeys(turn), content: [{ type: "text", text: block }, ...asked] };
  });
}
