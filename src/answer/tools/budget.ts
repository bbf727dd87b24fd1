import type { ToolSettings } from "../../config/settings.ts";
import type { AnswerTrace } from "../../protocol/trace.ts";
import type { Usage } from "../../protocol/events.ts";

/** A step that has begun may take as long as the bounds leave. */
export interface ToolBudget {
  /** A step has been done. */
  spend(usage: Usage | null): void;
  /** Why no further one may be; null: it may. */
  endedBy(): AnswerTrace["tools_ended_by"];
  secondsLeft(): number;
}

export function startBudget(bounds: ToolSettings): ToolBudget {
  const started = performance.now();
  let steps = 0;
  let tokens = 0;
  const secondsLeft = (): number => bounds.seconds - (performance.now() - started) / 1000;
  return {
    spend(usage) {
      steps++;
      tokens += usage?.total_tokens ?? 0;
    },
    endedBy() {
      if (steps >= bounds.steps) return "steps";
      if (tokens >= bounds.tokens) return "tokens";
      return secondsLeft() <= 0 ? "seconds" : null;
    },
    secondsLeft,
  };
}
