import { untilAborted } from "./until-aborted.ts";

export interface Deadline {
  /** Longest wait. */
  seconds: number;
  /** Of whoever waits. */
  signal: AbortSignal;
  /** What it rejects with when it is late. */
  late: () => Error;
}

/** Runs what gets a signal that aborts at the deadline too, and leaves it then even when it does not heed that. */
export async function withDeadline<T>(
  { seconds, signal, late }: Deadline,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), seconds * 1000);
  const either = AbortSignal.any([signal, deadline.signal]);
  try {
    return await untilAborted(run(either), either);
  } catch (error) {
    signal.throwIfAborted();
    throw deadline.signal.aborted ? late() : error;
  } finally {
    clearTimeout(timer);
  }
}
