import { countTokens } from "../ingest/tokens.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import { hostedToolsOf, offersFunctions } from "../protocol/hosted-tools.ts";
import type { Citable } from "./citable.ts";
import { announce } from "./citations.ts";
import type { CitationGate } from "./cite.ts";
import { createHold, type Hold, type Verdict } from "./hold.ts";
import { noteRefusal, OTHER_REFUSAL, REFUSAL, refusalFor, usageFrom } from "./refuse.ts";
import type { Run } from "./run.ts";
import { createSupportJudge } from "./support.ts";
import { isForMachines } from "./tools/converse.ts";
import { hasResults } from "./tools/may-rest-on-more.ts";

export interface HeldAnswer {
  /** What was asked, for leaving its words out of the judgement and for the language of the refusal. */
  question: string;
  citable: Citable;
  gate: CitationGate;
  /** Name of the model, unless it says better itself. */
  model: string;
}

/**
 * Whether an answer may become the refusal: in scope and from passages, and nothing else may be what it rests on. Calls of functions,
 * results of functions and code, and answers in a format for machines never become one.
 */
export function isHeldBack({ question, services }: Run): boolean {
  const { chat, sources } = question;
  const runsCode = hostedToolsOf(chat).has("code_interpreter");
  return (
    services.refusing.refusesUnsupported &&
    sources.every(({ common }) => common.inScope) &&
    !(offersFunctions(chat) || runsCode || isForMachines(chat) || hasResults(question))
  );
}

/** The events of an answer, its beginning held back until the passages are seen to support it; else those of the refusal. */
export async function* holdBack(
  written: AsyncGenerator<AnswerEvent>,
  run: Run,
  answer: HeldAnswer,
): AsyncGenerator<AnswerEvent> {
  const hold = holdFor(run, answer);
  let isOpen = false;
  let isCounted = false;
  let text = "";
  for await (const event of written) {
    isCounted ||= event.type === "usage";
    if (event.type === "text-delta") text += event.text;
    const verdict = isOpen ? null : verdictOn(event, hold);
    if (verdict === null) {
      yield event;
      continue;
    }
    if (verdict.kind === "hold") continue;
    if (verdict.kind === "refuse") {
      yield* refusal(verdict, { run, answer, text, isCounted });
      return;
    }
    isOpen = true;
    if (verdict.text !== "") yield { type: "text-delta", text: verdict.text };
    if (event.type !== "text-delta") yield event;
  }
}

/** Null: the event has nothing to do with the text. */
function verdictOn(event: AnswerEvent, hold: Hold): Verdict | null {
  if (event.type === "text-delta") return hold.push(event.text);
  if (event.type !== "finish") return null;
  // An answer without a word is no statement; one that a filter cut off is told to be so.
  const verdict = hold.end();
  return event.reason === "content_filter" && verdict.kind === "refuse" ? null : verdict;
}

function holdFor(run: Run, { question, citable, gate }: HeldAnswer): Hold {
  const { services } = run;
  return createHold({
    judge: () =>
      createSupportJudge(
        citable.given.map(({ passage }) => passage),
        { analyzer: services.analyzer, question },
      ),
    threshold: services.refusing.threshold,
    namedNone: () => gate.namedNone(),
    refusals: [REFUSAL, OTHER_REFUSAL, refusalFor(run, question).text],
  });
}

function* refusal(
  { own, share }: Extract<Verdict, { kind: "refuse" }>,
  {
    run,
    answer,
    text,
    isCounted,
  }: { run: Run; answer: HeldAnswer; text: string; isCounted: boolean },
): Generator<AnswerEvent> {
  noteRefusal(run, { why: own === null ? "unsupported" : "model", support: share });
  // Whoever has not been told of citations yet is told of none; in a stream they went ahead of the text.
  yield announce(run, { ranked: answer.citable.ranked, given: [] });
  yield { type: "text-delta", text: own ?? refusalFor(run, answer.question).text };
  if (!isCounted) {
    const { prompt } = run.trace;
    const {
      instructions = 0,
      tools = 0,
      history = 0,
      question = 0,
      other = 0,
      passages = 0,
    } = prompt ?? {};
    const read = instructions + tools + history + question + other + passages;
    yield { type: "usage", usage: usageFrom(read, countTokens(text)) };
  }
  yield { type: "finish", reason: "stop", model: answer.model };
}
