import type { FastifyInstance } from "fastify";
import { GroundwireError } from "../protocol/errors.ts";

/** Every request that is being answered, so that each can be told when its client or this server goes away. */
export interface InFlight {
  /** Aborted when the reply's connection closes early, or with `shutting_down` at the end of the grace period. */
  track(reply: NodeJS.EventEmitter & { writableEnded: boolean }): AbortSignal;
  /** From now on new requests are to be refused. */
  readonly closing: boolean;
  /** Resolves when all have finished; those that still run after the grace period are aborted first. */
  drain(graceMilliseconds: number): Promise<void>;
}

/** How long an aborted request has to say goodbye. */
const GOODBYE_MS = 1_000;

export function createInFlight(): InFlight {
  const running = new Set<AbortController>();
  let closing = false;
  let allDone: (() => void) | undefined;

  function whenIdle(milliseconds: number): Promise<void> {
    if (running.size === 0) return Promise.resolve();
    const idle = Promise.withResolvers<void>();
    allDone = idle.resolve;
    const timer = setTimeout(idle.resolve, milliseconds);
    return idle.promise.finally(() => clearTimeout(timer));
  }

  return {
    track(reply) {
      const controller = new AbortController();
      running.add(controller);
      reply.once("close", () => {
        running.delete(controller);
        if (!reply.writableEnded) controller.abort(new Error("the client closed the connection"));
        if (running.size === 0) allDone?.();
      });
      return controller.signal;
    },
    get closing() {
      return closing;
    },
    async drain(graceMilliseconds) {
      closing = true;
      await whenIdle(graceMilliseconds);
      const reason = shuttingDown();
      for (const controller of running) controller.abort(reason);
      await whenIdle(GOODBYE_MS);
    },
  };
}

/** Refuses new requests as soon as the server closes, and lets those in flight finish or say goodbye. */
export function drainOnClose(app: FastifyInstance, inFlight: InFlight, graceSeconds: number): void {
  app.addHook("onRequest", async (_request, reply) => {
    if (!inFlight.closing) return;
    reply.header("connection", "close");
    throw shuttingDown();
  });
  app.addHook("preClose", () => inFlight.drain(graceSeconds * 1000));
}

function shuttingDown(): GroundwireError {
  return new GroundwireError(
    "shutting_down",
    "The server is shutting down. Try again in a moment.",
    { retryAfter: 2 },
  );
}
