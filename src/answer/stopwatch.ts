import type { Question } from "./question.ts";

type Stage = Parameters<NonNullable<Question["onStage"]>>[0];

/** Runs a step and tells the question how long it took, also when it fails. */
export function stopwatch(question: Question): <T>(stage: Stage, run: () => T) => T {
  return (stage, run) => {
    const started = performance.now();
    const tell = (): void => question.onStage?.(stage, performance.now() - started);
    const result = run();
    if (result instanceof Promise) void result.then(tell, tell);
    else tell();
    return result;
  };
}
