import { countTokens } from "../../ingest/tokens.ts";
import type { ChatModel, ModelMessage } from "../../models/model.ts";
import type { ChatRequestMessage } from "../../protocol/chat.ts";
import { withoutReplayedKeys } from "../../protocol/history.ts";
import type { Conversation } from "../conversation.ts";
import type { RankedCandidate } from "../rank.ts";
import type { Run } from "../run.ts";
import { fitTurns } from "./fit-turns.ts";
import { type Framed, frame } from "./frame.ts";
import { roomFor } from "./room.ts";

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
    model,
  }: { conversation: Conversation; passages: RankedCandidate[]; model: ChatModel },
): Prompt {
  const { instructions, fixed, reserve, budget, turns } = roomFor(run, conversation, model);
  const fitted = fitTurns(conversation.turns, {
    limit: turns,
    keepsBeginning: run.question.chat.truncation_strategy?.type === "auto",
  });
  const { history, question: asked, other } = fitted.tokens;
  const { fitting, block, tokens } = fitPassages(passages, {
    question: conversation.question,
    room: budget - history - asked - other,
  });
  run.trace.prompt = {
    window: model.family.window,
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
  const role = model.family.instructionRoles[0] ?? "user";
  const head: ModelMessage[] = instructions === "" ? [] : [{ role, content: instructions }];
  return { messages: [...head, ...messages], passages: fitting };
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
