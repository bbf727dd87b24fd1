import { setTimeout as sleep } from "node:timers/promises";

import { GroundwireError, isPassing } from "../protocol/errors.ts";
import type { Circuit, CircuitState } from "./circuit.ts";
import type { UpstreamTarget } from "./target.ts";

export interface Upstream {
  target: UpstreamTarget;
  circuit: Circuit;
  /** Lower is tried first. */
  priority: number;
  /** Share among upstreams of the same priority. */
  weight: number;
}

/** The upstreams of one deployment: chooses one for each request and goes on to another when it fails. */
export interface Pool<U extends Upstream> {
  readonly upstreams: readonly U[];
  /**
   * Runs `attempt` until one succeeds, one fails for good, or the tries are used up; rejects with the last failure.
   * `attempt` must have had no effect when it rejects with a failure that another try may mend.
   */
  run<T>(attempt: (upstream: U) => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface PoolOptions {
  /** Further tries after the first. */
  retries: number;
  /** 0…1, for choosing by weight and for jitter. */
  random?: () => number;
  /** Told of every attempt that failed and of every change of a circuit. */
  onEvent?: (event: PoolEvent) => void;
}

export interface PoolEvent {
  host: string;
  result: "success" | "failure" | "rate_limited";
  circuit: CircuitState;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 8_000;
/** Whoever asks for a longer pause is not waited for: the caller is told, whose client can wait better. */
const LONGEST_WAIT_MS = 5_000;

export function createPool<U extends Upstream>(
  upstreams: readonly U[],
  { retries, random = Math.random, onEvent }: PoolOptions,
): Pool<U> {
  async function once<T>(upstream: U, attempt: (upstream: U) => Promise<T>): Promise<T> {
    const { circuit } = upstream;
    const tell = (result: PoolEvent["result"]): void =>
      onEvent?.({ host: hostOf(upstream), result, circuit: circuit.state() });
    circuit.begin();
    try {
      const value = await attempt(upstream);
      circuit.succeeded();
      tell("success");
      return value;
    } catch (error) {
      if (error instanceof GroundwireError && error.code === "rate_limited") {
        circuit.paused(retryAfterMs(error) ?? 0);
        tell("rate_limited");
      } else if (isPassing(error)) {
        circuit.failed();
        tell("failure");
      } else if (error instanceof GroundwireError && error.upstream !== undefined) {
        // It answered, if only to refuse this one request.
        circuit.succeeded();
        tell("success");
      } else circuit.abandoned();
      throw error;
    }
  }

  return {
    upstreams,
    async run(attempt, signal) {
      const tried = new Set<U>();
      let failure: GroundwireError | null = null;
      for (let tries = 0; tries <= retries; tries++) {
        const fresh = upstreams.filter((upstream) => !tried.has(upstream));
        let upstream = choose(fresh, random);
        if (upstream === null && failure !== null) {
          const wait = waitAfter(failure, { tries, random, upstreams });
          if (wait === null) throw failure;
          await sleep(wait, undefined, { signal });
          tried.clear();
          upstream = choose(upstreams, random);
        }
        if (upstream === null) throw failure ?? nobodyToAsk(upstreams);
        tried.add(upstream);
        try {
          return await once(upstream, attempt);
        } catch (error) {
          if (!isPassing(error) || signal.aborted) throw error;
          failure = error;
        }
      }
      throw failure ?? nobodyToAsk(upstreams);
    },
  };
}

/** One of those that may be asked now: of the first priority there is, by weight. */
function choose<U extends Upstream>(upstreams: readonly U[], random: () => number): U | null {
  const allowed = upstreams.filter(({ circuit }) => circuit.waitMs() === 0);
  const ready = allowed.filter(({ circuit }) => !circuit.isPaused());
  const able = ready.length > 0 ? ready : allowed;
  const first = Math.min(...able.map(({ priority }) => priority));
  const equals = able.filter(({ priority }) => priority === first);
  let point = random() * equals.reduce((sum, { weight }) => sum + weight, 0);
  for (const upstream of equals) {
    point -= upstream.weight;
    if (point < 0) return upstream;
  }
  return equals.at(-1) ?? null;
}

/** How long to wait before everybody is asked again; null: not at all. */
function waitAfter(
  failure: GroundwireError,
  {
    tries,
    random,
    upstreams,
  }: { tries: number; random: () => number; upstreams: readonly Upstream[] },
): number | null {
  // Whoever was silent for the whole time allowed is not given it a second time.
  if (failure.code === "upstream_timeout") return null;
  const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
  const soonest = Math.min(...upstreams.map(({ circuit }) => circuit.waitMs()));
  const wait = Math.max(retryAfterMs(failure) ?? backoff * (1 - random() / 4), soonest);
  return wait > LONGEST_WAIT_MS ? null : wait;
}

function retryAfterMs({ retryAfter }: GroundwireError): number | null {
  return retryAfter === undefined ? null : retryAfter * 1000;
}

function nobodyToAsk(upstreams: readonly Upstream[]): GroundwireError {
  const wait = Math.min(...upstreams.map(({ circuit }) => circuit.waitMs()));
  return new GroundwireError(
    "upstream_unavailable",
    "The servers of this model have failed several times in a row and are left alone for a moment. Try again.",
    { retryAfter: Number.isFinite(wait) ? wait / 1000 : 0 },
  );
}

export function hostOf({ target }: Pick<Upstream, "target">): string {
  return target.url("chat/completions").host;
}
