import type { AnswerChunk } from "../../../src/client/http-client.ts";
import type { AnswerStep, StepEnd, StepStart } from "../../../src/protocol/steps.ts";
import type { ShownAnswer } from "./shown-answer.ts";

/** The answer with what a chunk brought. `elapsed`: milliseconds since the question was sent. */
export function withChunk(
  answer: ShownAnswer,
  { choices, usage }: AnswerChunk,
  elapsed: number,
): ShownAnswer {
  const next = { ...answer, usage: usage ?? answer.usage };
  const [choice] = choices;
  if (choice === undefined) return next;
  const { delta, finish_reason: finishReason } = choice;
  if (delta.context) {
    next.citations = delta.context.citations;
    next.retrieved = delta.context.all_retrieved_documents ?? [];
    next.found = next.retrieved;
    next.intent = intentOf(delta.context.intent);
    next.status = "reading";
  }
  if (delta.reasoning_content) {
    next.reasoning += delta.reasoning_content;
    next.reasoningMilliseconds = elapsed;
    next.status = "thinking";
  }
  if (delta.content) {
    next.text += delta.content;
    next.status = "writing";
  }
  for (const step of delta.x_groundwire?.steps ?? []) {
    next.steps = withStep(next.steps, step);
    next.status = statusAt(step);
  }
  next.sentences = delta.x_groundwire?.sentences ?? next.sentences;
  next.trace = delta.x_groundwire?.trace ?? next.trace;
  next.finishReason = finishReason ?? next.finishReason;
  return next;
}

/** What is told at the end of a step is put together with what was told at its beginning. */
function withStep(steps: AnswerStep[], told: StepStart | StepEnd): AnswerStep[] {
  if ("tool" in told) return [...steps, told];
  return steps.map((step) => (step.index === told.index ? { ...step, ...told } : step));
}

function statusAt(told: StepStart | StepEnd): ShownAnswer["status"] {
  if (!("tool" in told)) return "thinking";
  return told.tool === "code_interpreter" ? "computing" : "searching";
}

/** On the wire a list of queries is JSON in a text. */
function intentOf(intent: string | undefined): string[] {
  if (intent === undefined) return [];
  try {
    const queries: unknown = JSON.parse(intent);
    return Array.isArray(queries) ? queries.map(String) : [];
  } catch {
    return [intent];
  }
}
