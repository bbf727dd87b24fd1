import type { SourcePassage } from "../sources/source.ts";
import { readConversation } from "./conversation.ts";
import type { AnswerServices, Question } from "./question.ts";
import { startRun } from "./run.ts";
import { search } from "./search.ts";

/** What an answer would be written from. */
export interface Findings {
  /** Best first. */
  passages: { passage: SourcePassage; sourceIndex: number }[];
  /** Sources that answered in part or not at all, where the question allows that. */
  failures: { sourceIndex: number; reason: string }[];
}

/** The steps of `answer` up to the writing, for whoever writes elsewhere. */
export async function find(
  question: Question,
  services: AnswerServices,
  signal: AbortSignal,
): Promise<Findings> {
  const run = startRun(question, services, signal);
  const steps = search(readConversation(question.chat), run);
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  return {
    passages: step.value.passages.map(({ passage, sourceIndex }) => ({ passage, sourceIndex })),
    failures: run.trace.sources.flatMap(({ failures }, sourceIndex) =>
      failures.slice(0, 1).map(({ reason }) => ({ sourceIndex, reason })),
    ),
  };
}
