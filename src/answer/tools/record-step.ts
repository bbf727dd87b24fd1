import type { AnswerEvent } from "../../protocol/events.ts";
import type { StepEnd, StepStart } from "../../protocol/steps.ts";
import type { Run } from "../run.ts";
import { tenths } from "../trace.ts";

type Begun = StepStart extends infer Step
  ? Step extends StepStart
    ? Omit<Step, "index">
    : never
  : never;

export interface RecordedStep {
  start: AnswerEvent;
  /** The event of its end, which also writes it into the trace. */
  end(ended: Omit<StepEnd, "index" | "milliseconds">): AnswerEvent;
}

/** Numbers and times one use of a hosted tool. */
export function recordStep({ trace }: Run, begun: Begun): RecordedStep {
  const index = trace.steps.length;
  const started = performance.now();
  const traced = { tool: begun.tool, status: "failed" as const, milliseconds: 0, given: 0 };
  trace.steps.push(traced);
  return {
    start: { type: "step-start", step: { index, ...begun } },
    end(ended) {
      const milliseconds = tenths(performance.now() - started);
      const given = ended.found ?? ended.files?.length ?? 0;
      Object.assign(traced, { status: ended.status, milliseconds, given });
      return { type: "step-end", step: { index, milliseconds, ...ended } };
    },
  };
}
