/** Failures in a row after which an upstream is left alone for a while. */
const MOST_FAILURES = 5;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;

export type CircuitState = "closed" | "open" | "half_open";

/** Keeps requests away from an upstream that fails or has asked for a pause, and lets one through to see whether it is back. */
export interface Circuit {
  state(): CircuitState;
  /** Milliseconds until it may be tried; 0: now. */
  waitMs(): number;
  /** It asked for a pause that is not over: others are asked first. */
  isPaused(): boolean;
  /** A request sets out. While half open only one does. */
  begin(): void;
  succeeded(): void;
  /** It could not answer. */
  failed(): void;
  /** It asked for a pause, which is no failure. */
  paused(milliseconds: number): void;
  /** The request ended without telling anything about the upstream. */
  abandoned(): void;
}

/** @param now Milliseconds of a clock that only goes forward. */
export function createCircuit(now: () => number = () => performance.now()): Circuit {
  let failures = 0;
  let restMs = 0;
  let restUntil = 0;
  let pausedUntil = 0;
  let isTrying = false;

  function state(): CircuitState {
    if (restMs === 0) return "closed";
    return now() < restUntil ? "open" : "half_open";
  }

  return {
    state,
    waitMs() {
      if (state() === "half_open" && isTrying) return FIRST_REST_MS;
      return Math.max(0, restUntil - now());
    },
    isPaused: () => now() < pausedUntil,
    begin() {
      isTrying = state() === "half_open";
    },
    succeeded() {
      [failures, restMs, restUntil, isTrying] = [0, 0, 0, false];
    },
    failed() {
      failures++;
      isTrying = false;
      if (restMs === 0 && failures < MOST_FAILURES) return;
      restMs = Math.min(LONGEST_REST_MS, restMs === 0 ? FIRST_REST_MS : restMs * 2);
      restUntil = now() + restMs;
    },
    paused(milliseconds) {
      isTrying = false;
      pausedUntil = now() + milliseconds;
    },
    abandoned() {
      isTrying = false;
    },
  };
}
