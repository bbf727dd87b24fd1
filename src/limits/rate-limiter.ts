import type { RateLimits } from "../config/settings.ts";

/** Whose limits: a key's, a deployment's. */
export interface Limited {
  /** Unique among all that are limited. */
  name: string;
  limits: RateLimits;
}

export type Admission =
  | {
      isAdmitted: true;
      /** What the tightest limits leave; null where nothing is limited. */
      remaining: { requests: number | null; tokens: number | null };
      /** Tells how many tokens it really took. */
      settle(tokens: number): void;
    }
  | {
      isAdmitted: false;
      /** What is used up. */
      what: "requests" | "tokens";
      retryAfterSeconds: number;
    };

/** Requests and tokens per minute, kept in this process. */
export interface RateLimiter {
  /** @param tokens How many the request is expected to take. A refused request takes nothing. */
  admit(limited: Limited[], tokens: number): Admission;
}

/** What a minute's allowance has left; refills evenly. */
interface Bucket {
  perMinute: number;
  level: number;
  /** When `level` was right, in milliseconds. */
  at: number;
}

const MINUTE_MS = 60_000;
/** Buckets that are full again are forgotten when there are more than this. */
const MANY_BUCKETS = 10_000;

/** @param now Milliseconds of a clock that only goes forward. */
export function createRateLimiter(now: () => number = () => performance.now()): RateLimiter {
  const buckets = new Map<string, Bucket>();

  function bucketOf(name: string, perMinute: number): Bucket {
    const bucket = buckets.get(name);
    if (bucket?.perMinute === perMinute) {
      refill(bucket, now());
      return bucket;
    }
    if (buckets.size >= MANY_BUCKETS) forgetFull();
    const fresh = { perMinute, level: perMinute, at: now() };
    buckets.set(name, fresh);
    return fresh;
  }

  function forgetFull(): void {
    for (const [name, bucket] of buckets) {
      refill(bucket, now());
      if (bucket.level >= bucket.perMinute) buckets.delete(name);
    }
  }

  return {
    admit(limited, tokens) {
      const requests = limited.flatMap(({ name, limits: { requestsPerMinute: perMinute } }) =>
        perMinute === null ? [] : [bucketOf(`requests ${name}`, perMinute)],
      );
      const tokenBuckets = limited.flatMap(({ name, limits: { tokensPerMinute: perMinute } }) =>
        perMinute === null ? [] : [bucketOf(`tokens ${name}`, perMinute)],
      );
      const waitForRequests = longestWait(requests, 1);
      if (waitForRequests > 0)
        return { isAdmitted: false, what: "requests", retryAfterSeconds: waitForRequests };
      const waitForTokens = longestWait(tokenBuckets, tokens);
      if (waitForTokens > 0)
        return { isAdmitted: false, what: "tokens", retryAfterSeconds: waitForTokens };

      for (const bucket of requests) bucket.level -= 1;
      for (const bucket of tokenBuckets) bucket.level -= tokens;
      let settled = tokens;
      return {
        isAdmitted: true,
        remaining: { requests: least(requests), tokens: least(tokenBuckets) },
        settle(actual) {
          for (const bucket of tokenBuckets) bucket.level += settled - actual;
          settled = actual;
        },
      };
    },
  };
}

function refill(bucket: Bucket, now: number): void {
  const gained = ((now - bucket.at) * bucket.perMinute) / MINUTE_MS;
  bucket.level = Math.min(bucket.perMinute, bucket.level + gained);
  bucket.at = now;
}

/** Seconds until all of them hold so much, or are full: what is larger than an allowance must not wait for ever. */
function longestWait(buckets: Bucket[], amount: number): number {
  const waits = buckets.map(
    ({ perMinute, level }) => ((Math.min(amount, perMinute) - level) * 60) / perMinute,
  );
  return Math.max(0, ...waits);
}

function least(buckets: Bucket[]): number | null {
  if (buckets.length === 0) return null;
  return Math.max(0, Math.floor(Math.min(...buckets.map(({ level }) => level))));
}
