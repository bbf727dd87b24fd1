import type { StepFile } from "../protocol/steps.ts";
import type { AnswerTrace } from "../protocol/trace.ts";
import type { SourcePassage } from "../sources/source.ts";
import { type Plan, planFor } from "./plan.ts";
import type { AnswerServices, Question } from "./question.ts";
import { emptyTrace } from "./trace.ts";

/** What the steps of one answer share. */
export interface Run {
  readonly question: Question;
  readonly services: AnswerServices;
  readonly plan: Plan;
  readonly signal: AbortSignal;
  /** Each step writes down what it did. */
  readonly trace: AnswerTrace;
  /** The passages the caller has been told of, in the order of their markers. */
  readonly announced: SourcePassage[];
  /** `isSettled`: the caller has been told of the passages, and can be told of no more. */
  readonly citing: { isSettled: boolean };
  /** Files that code has made on the way to the answer. */
  readonly produced: StepFile[];
}

export function startRun(question: Question, services: AnswerServices, signal: AbortSignal): Run {
  const plan = planFor(question.chat);
  return {
    question,
    services,
    plan,
    signal,
    trace: emptyTrace(question, plan),
    announced: [],
    citing: { isSettled: false },
    produced: [],
  };
}
