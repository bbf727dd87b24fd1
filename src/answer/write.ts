import { type GroundwireError, isPassing } from "../protocol/errors.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import { announce } from "./citations.ts";
import type { Conversation } from "./conversation.ts";
import { answerExtractively } from "./extractive/extractive.ts";
import { summarise, tableToSummarise } from "./extractive/summarise.ts";
import { generate } from "./generate.ts";
import { buildPrompt } from "./prompt/prompt.ts";
import type { RankedCandidate } from "./rank.ts";
import type { Query } from "./retrieve.ts";
import type { Run } from "./run.ts";
import { stopwatch } from "./stopwatch.ts";
import { summariseEarlier } from "./summary.ts";

export interface Material {
  conversation: Conversation;
  /** What was searched with; empty when nothing was. */
  queries: Query[];
  /** What the answer may rest on, in the order of its markers. */
  passages: RankedCandidate[];
  /** Everything retrieved; absent when nothing was searched. */
  ranked?: RankedCandidate[];
}

/** The citations and the answer, by the deployment that was asked or, when that cannot answer just now, by its fallback. */
export async function* write(run: Run, material: Material): AsyncGenerator<AnswerEvent> {
  let next = run;
  let given = material;
  let announced = 0;
  for (;;) {
    const failure: Failure | null = yield* withoutRepeats(writeBy(next, given), announced);
    if (failure === null) return;
    const { deployment } = next.question;
    if (deployment.kind === "extractive" || deployment.fallback === null) throw failure.error;
    run.question.onWarning?.(`'${deployment.name}' cannot answer now: its fallback did`);
    next = { ...next, question: { ...next.question, deployment: deployment.fallback } };
    announced = Math.max(announced, failure.announced?.length ?? 0);
    // The numbers of the markers have been told: the fallback keeps to them.
    given = { ...given, passages: failure.announced ?? given.passages };
  }
}

interface Failure {
  error: GroundwireError;
  /** The passages the caller has been told of; null: none yet. */
  announced: RankedCandidate[] | null;
}

/** One deployment's answer. Ends with a failure that a fallback may mend when nothing of the text has been written. */
async function* writeBy(
  run: Run,
  { conversation, queries, passages, ranked }: Material,
): AsyncGenerator<AnswerEvent, Failure | null> {
  const { question } = run;
  const { deployment } = question;
  if (deployment.kind === "extractive") {
    const table = tableToSummarise(run, conversation);
    if (table !== null) {
      yield* summarise(run, conversation, table);
      return null;
    }
    yield* answerExtractively(run, {
      conversation,
      asked: queries[0]?.text ?? "",
      passages,
      ranked: ranked ?? [],
    });
    return null;
  }
  const { model } = deployment;
  const shortened = yield* summariseEarlier(run, { conversation, model });
  const prompt = stopwatch(question)("prompt", () =>
    buildPrompt(run, { conversation: shortened, passages, model }),
  );
  const citable = ranked ? { given: [...prompt.passages], ranked: [...ranked] } : null;
  if (citable) yield announce(run, citable);
  let isWriting = false;
  try {
    const writing = { model, prompt, question: conversation.question, citable };
    for await (const event of generate(run, writing)) {
      isWriting = true;
      yield event;
    }
    return null;
  } catch (error) {
    if (isWriting || !isPassing(error)) throw error;
    return { error, announced: ranked ? prompt.passages : null };
  }
}

/** Passages are told once: what is told again tells of more than so many. */
async function* withoutRepeats(
  events: AsyncGenerator<AnswerEvent, Failure | null>,
  announced: number,
): AsyncGenerator<AnswerEvent, Failure | null> {
  try {
    for (;;) {
      const { value, done } = await events.next();
      if (done) return value;
      if (value.type !== "citations" || announced === 0 || value.citations.length > announced)
        yield value;
    }
  } finally {
    await events.return(null);
  }
}
