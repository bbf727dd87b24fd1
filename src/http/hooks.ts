import { performance } from "node:perf_hooks";
import type {
  FastifyError,
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
} from "fastify";
import type { Authenticator } from "../auth/authenticate.ts";
import type { Mode, Scope } from "../config/settings.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { refuseChanges } from "./document-access.ts";
import { toErrorResponse } from "./error-response.ts";
import { createRequestContext, errorContextOf, setStandardHeaders } from "./request-context.ts";
import type { RequestContext } from "./request-context.ts";
import type { InFlight } from "./shutdown.ts";

const JSON_WITH_CHARSET = "application/json; charset=utf-8";

/** Gives every request its context and every answer the standard headers. */
export function registerRequestContext(app: FastifyInstance, inFlight: InFlight): void {
  app.decorateRequest("context", null as unknown as RequestContext); // set below before anything can read it
  app.addHook("onRequest", async (request, reply) => {
    request.context = createRequestContext(inFlight.track(reply.raw));
  });
  app.addHook("onSend", async (request, reply, payload) => {
    setStandardHeaders(request, reply);
    // Fastify names a charset for every JSON text; the service names none in answers, and errors come as bytes.
    if (typeof payload === "string" && reply.getHeader("content-type") === JSON_WITH_CHARSET) {
      reply.header("content-type", "application/json");
    }
  });
}

/** Lets nobody below `api` in without a key (or, on a server without keys, from a foreign web page). */
export function requireKey(
  api: FastifyInstance,
  { authenticate }: Authenticator,
  mode: Mode,
): void {
  api.addHook("onRequest", async (request) => {
    const start = performance.now();
    const { context } = request;
    context.principal = await authenticate(request);
    context.strict = (context.principal.mode ?? mode) === "strict";
    context.timings.add("auth", performance.now() - start);
  });
}

/** The routes, for callers whose key or token has the scope. Stands below `requireKey`. */
export function scoped(scope: Scope, routes: FastifyPluginAsync): FastifyPluginAsync {
  return async (app) => {
    app.addHook("onRequest", async (request) => {
      const { scopes } = request.context.principal;
      if (!scopes.includes(scope)) throw missingScope(scope, scopes);
    });
    if (scope === "files") app.addHook("onRequest", refuseChanges);
    await app.register(routes);
  };
}

function missingScope(scope: Scope, scopes: readonly Scope[]): GroundwireError {
  return new GroundwireError(
    "forbidden",
    `This key or token lacks the scope '${scope}', which this route needs (it has: ${scopes.join(", ")}). Ask the operator for a key made with \`groundwire keys create --scopes ${[...scopes, scope].join(",")}\`; scopes of keys and tokens of the configuration are set in groundwire.yaml.`,
  );
}

export function registerErrorResponses(app: FastifyInstance): void {
  app.setErrorHandler(async (thrown, request, reply) => {
    if (reply.raw.destroyed) return reply.hijack(); // nobody is there to read it
    const { status, headers, body } = toErrorResponse(thrown, errorContextOf(request));
    if (status >= 500) request.log.error({ err: thrown }, "request failed");
    return reply.code(status).headers(headers).send(asItIs(body));
  });
  app.setNotFoundHandler(async () => {
    throw new GroundwireError("route_not_found", "Resource not found");
  });
}

/** For the few requests that fail before any hook has run: a URL that cannot be decoded. */
export function answerUnroutable(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, headers, body } = toErrorResponse(error, {
    envelope: "openai",
    requestId: request.id,
    strict: false,
  });
  void reply.code(status).headers(headers).send(asItIs(body));
}

/** Fastify adds a charset to the type of JSON text, not of bytes; the service's gateway names none. */
function asItIs(body: string): Buffer {
  return Buffer.from(body);
}

/** One line a request: what, how it ended, how long, who. Never a key, a query string or a content. */
export function registerRequestLog(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onResponse", async (request, reply) => {
    const { principal, deployment, timings } = request.context;
    const route = request.routeOptions.url ?? "unknown";
    metrics.requestEnded({
      method: request.method,
      route,
      status: reply.raw.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    request.log.info(
      {
        method: request.method,
        route,
        status: reply.raw.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
        key: principal.keyName,
        ...(deployment === null ? {} : { deployment }),
        timings: timings.header(),
      },
      "request",
    );
  });
}
