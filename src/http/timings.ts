/** Stages of an answer, in the order they run. */
export type Stage = "auth" | "rewrite" | "retrieve" | "rank" | "prompt" | "model";

/** How long the stages of one request took; becomes its `server-timing` header. */
export interface Timings {
  /** Adds to a stage, in milliseconds. */
  add: (stage: Stage, milliseconds: number) => void;
  /** `auth;dur=0.1, retrieve;dur=3.2`: what has been measured so far. */
  header(): string;
}

export function createTimings(): Timings {
  const durations = new Map<Stage, number>();
  return {
    add: (stage, milliseconds) => durations.set(stage, (durations.get(stage) ?? 0) + milliseconds),
    header: () =>
      [...durations]
        .map(([stage, milliseconds]) => `${stage};dur=${milliseconds.toFixed(1)}`)
        .join(", "),
  };
}
