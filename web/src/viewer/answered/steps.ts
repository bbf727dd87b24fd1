import type { AnswerTrace, PassageOutcome, TracedPrompt } from "../../../../src/protocol/trace.ts";

/** Milliseconds of each step, as far as they are told. */
export interface StepTimes {
  rewriting: number | null;
  /** Sources are searched at the same time: the slowest. */
  searching: number | null;
  reranking: number | null;
  answering: number | null;
}

export function timesOf({ calls, sources, rerank }: AnswerTrace): StepTimes {
  const spent = (purpose: "rewrite" | "answer"): number | null => {
    const own = calls.filter((call) => call.purpose === purpose);
    return own.length === 0 ? null : own.reduce((sum, call) => sum + call.milliseconds, 0);
  };
  return {
    rewriting: spent("rewrite"),
    searching:
      sources.length === 0 ? null : Math.max(...sources.map(({ milliseconds }) => milliseconds)),
    reranking: rerank?.milliseconds ?? null,
    answering: spent("answer"),
  };
}

/** How many passages came to which end; ends nobody came to are left out. */
export function outcomesOf({ passages }: AnswerTrace): [PassageOutcome, number][] {
  const counts = new Map<PassageOutcome, number>();
  for (const { outcome } of passages) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts];
}

export type PromptPart = Exclude<keyof TracedPrompt, "window">;

const PARTS: PromptPart[] = [
  "instructions",
  "tools",
  "history",
  "question",
  "other",
  "passages",
  "answer_reserve",
];

/** What takes room in the model's window: tokens and share of the window, in the order of the prompt. */
export function promptShares(
  prompt: TracedPrompt,
): { part: PromptPart; tokens: number; share: number }[] {
  return PARTS.map((part) => ({
    part,
    tokens: prompt[part],
    share: prompt[part] / Math.max(1, prompt.window),
  })).filter(({ tokens }) => tokens > 0);
}
