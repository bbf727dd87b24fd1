import type { AnswerEvent } from "../protocol/events.ts";
import { checkSentences } from "./check-sentences.ts";
import { readConversation } from "./conversation.ts";
import { withCalls } from "./model-call.ts";
import type { AnswerServices, Question } from "./question.ts";
import { refuse } from "./refuse.ts";
import { type Run, startRun } from "./run.ts";
import { search } from "./search.ts";
import { mayRestOnMore } from "./tools/may-rest-on-more.ts";
import { mayFindMore, toldOnce } from "./told-once.ts";
import { write } from "./write.ts";

/** A question's answer, and how it came to be for those who asked. */
export async function* answer(
  question: Question,
  services: AnswerServices,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const run = startRun(question, services, signal);
  const events = flow(run);
  let text = "";
  for await (const event of question.tellsCitationsOnce && mayFindMore(run)
    ? toldOnce(events, run)
    : events) {
    if (event.type === "text-delta") text += event.text;
    yield event.type === "usage"
      ? { ...event, usage: withCalls(event.usage, run.trace.calls) }
      : event;
  }
  if (question.wantsExtensions) {
    yield { type: "sentences", sentences: checkSentences(text, run.announced, run) };
  }
  if (question.wantsTrace) yield { type: "trace", trace: run.trace };
}

/** The whole flow, in order; each step is a file beside this one. */
async function* flow(run: Run): AsyncGenerator<AnswerEvent> {
  const { sources, chat } = run.question;
  const conversation = readConversation(chat);
  if (sources.length === 0) {
    yield* write(run, { conversation, queries: [], passages: [] });
    return;
  }

  const material = yield* search(conversation, run);
  const inScope = sources.every(({ common }) => common.inScope);
  if (material.passages.length === 0 && inScope && !mayRestOnMore(run)) {
    yield* refuse(run, material);
    return;
  }
  yield* write(run, material);
}
