import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { createBoundedNames } from "../util/bounded-names.ts";

/** What operators watch, in the Prometheus text format. One registry for one server. */
export interface Metrics {
  requestEnded(request: { method: string; route: string; status: number; seconds: number }): void;
  tokensUsed(deployment: string, tokens: { prompt: number; completion: number }): void;
  rateLimited(what: "requests" | "tokens"): void;
  upstreamCalled(
    deployment: string,
    call: { host: string; result: string; isAvailable: boolean },
  ): void;
  contentType: string;
  text(): Promise<string>;
}

/** Where callers make up names of deployments, only so many get a series of their own. */
const MOST_DEPLOYMENTS = 200;
const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "groundwire_http_request_duration_seconds",
    help: "Requests by route and status, from the first byte of the request to the last of the answer.",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers,
  });
  const tokens = new Counter({
    name: "groundwire_tokens_total",
    help: "Tokens as the models count them; kind is prompt or completion.",
    labelNames: ["deployment", "kind"],
    registers,
  });
  const limited = new Counter({
    name: "groundwire_rate_limited_total",
    help: "Requests refused by a limit of this server, by what was used up.",
    labelNames: ["what"],
    registers,
  });
  const calls = new Counter({
    name: "groundwire_upstream_calls_total",
    help: "Calls of models' servers; result is success, failure or rate_limited.",
    labelNames: ["deployment", "host", "result"],
    registers,
  });
  const available = new Gauge({
    name: "groundwire_upstream_available",
    help: "1: requests are sent there; 0: it failed several times and is left alone for a moment.",
    labelNames: ["deployment", "host"],
    registers,
  });

  const labelOf = createBoundedNames(MOST_DEPLOYMENTS);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    requestEnded: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    tokensUsed(deployment, { prompt, completion }) {
      tokens.inc({ deployment: labelOf(deployment), kind: "prompt" }, prompt);
      tokens.inc({ deployment: labelOf(deployment), kind: "completion" }, completion);
    },
    rateLimited: (what) => limited.inc({ what }),
    upstreamCalled(name, { host, result, isAvailable }) {
      const deployment = labelOf(name);
      calls.inc({ deployment, host, result });
      available.set({ deployment, host }, isAvailable ? 1 : 0);
    },
  };
}
