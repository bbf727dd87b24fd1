import { setImmediate } from "node:timers/promises";
import type { MessagePort, Worker } from "node:worker_threads";

import { type ErrorCode, GroundwireError } from "../protocol/errors.ts";

/** Functions a worker offers, by name. Arguments and results must survive a structured clone. */
export type Methods = Record<string, (...args: never[]) => unknown>;

/** The same functions seen from the other thread: each answers a promise. */
export type Remote<T extends Methods> = {
  [K in keyof T]: (...args: Parameters<T[K]>) => Promise<Awaited<ReturnType<T[K]>>>;
};

interface Call {
  id: number;
  method: string;
  args: unknown[];
}

type Request = Call | { cancel: number };

type Reply =
  | { id: number; value: unknown }
  | { id: number; error: { code: ErrorCode | null; message: string; stack: string | undefined } };

/** Worker side: answers calls one after the other, in the order they came. A cancelled call that still waits is not run. */
export function serveMethods(port: MessagePort, methods: Methods): void {
  const waiting = new Map<number, Call>();
  let working = false;

  async function work(): Promise<void> {
    working = true;
    for (const [id, call] of waiting) {
      waiting.delete(id);
      post(port, await replyTo(call, methods));
      // Messages only come in between turns of the event loop: without this pause a cancellation is read too late.
      await setImmediate();
    }
    working = false;
  }

  port.on("message", (request: Request) => {
    if ("cancel" in request) waiting.delete(request.cancel);
    else waiting.set(request.id, request);
    if (!working) void work();
  });
}

/**
 * Worker side of something that has to be opened first. When that fails, whoever asks for the method `ready` is told why:
 * a thread that just died could not say.
 */
export function serveOpened(port: MessagePort | null, open: () => Methods): void {
  if (port) serveMethods(port, openOrExplain(open));
}

function openOrExplain(open: () => Methods): Methods {
  try {
    return { ready: () => undefined, ...open() };
  } catch (error) {
    return {
      ready: () => {
        throw error;
      },
      close: () => undefined,
    };
  }
}

async function replyTo({ id, method, args }: Call, methods: Methods): Promise<Reply> {
  try {
    const run = methods[method];
    if (!run) throw new Error(`the worker has no method '${method}'`);
    // The caller's side is typed by `Remote`, so these are the method's own arguments.
    return { id, value: await run(...(args as never[])) };
  } catch (error) {
    return failure(id, error);
  }
}

/** A result that cannot be cloned fails its own call, not the thread. */
function post(port: MessagePort, reply: Reply): void {
  try {
    port.postMessage(reply);
  } catch (error) {
    port.postMessage(failure(reply.id, error));
  }
}

function failure(id: number, thrown: unknown): Reply {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = error instanceof GroundwireError ? error.code : null;
  return { id, error: { code, message: error.message, stack: error.stack } };
}

export interface Connection<T extends Methods> {
  methods: Remote<T>;
  /** As `methods`, with a signal: rejects with its reason at once; a call that still waits in the worker is not run. */
  call<K extends keyof T & string>(
    method: K,
    args: Parameters<T[K]>,
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<T[K]>>>;
  /** Waits for the open calls, has the worker run its method `close` if it has one, and ends it. Later calls are rejected. */
  close(): Promise<void>;
}

/**
 * Calling side. The worker is started at once. When it dies, the open calls are rejected (whether they happened is not
 * known) and the next call starts another: one bad call does not take the rest down.
 */
export function connectMethods<T extends Methods>(start: () => Worker): Connection<T> {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let worker: Worker | null = null;
  let lastId = 0;
  let closed = false;

  const running = (): Worker => (worker ??= startWorker());

  function startWorker(): Worker {
    const started = start();
    const ended = (cause?: unknown): void => {
      if (worker !== started) return;
      worker = null;
      for (const call of open.values()) call.reject(new Error("a worker thread ended", { cause }));
      open.clear();
    };
    started.on("error", ended);
    started.on("exit", () => ended());
    started.on("message", (reply: Reply) => {
      const call = open.get(reply.id);
      open.delete(reply.id);
      if ("error" in reply) call?.reject(toError(reply.error));
      else call?.resolve(reply.value);
    });
    return started;
  }

  async function callMethod(
    method: string,
    args: unknown[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (closed) throw new GroundwireError("shutting_down", "The storage is closed.");
    const target = running();
    const { id, promise, reject } = send(target, { method, args });
    const cancel = (): void => {
      if (!open.delete(id)) return;
      target.postMessage({ cancel: id } satisfies Request);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    return promise.finally(() => signal?.removeEventListener("abort", cancel));
  }

  function send(
    target: Worker,
    request: Omit<Call, "id">,
  ): PromiseWithResolvers<unknown> & { id: number } {
    const id = ++lastId;
    target.postMessage({ id, ...request } satisfies Request);
    const call = Promise.withResolvers<unknown>();
    open.set(id, call);
    return { id, ...call };
  }

  running();
  return {
    // The proxy answers any name; `T` says which ones the worker really serves.
    methods: new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...args: unknown[]) =>
            callMethod(String(method), args),
      },
    ) as Remote<T>,
    // What the method answers is typed by `T` too.
    call: (method, args, signal) => callMethod(method, args, signal) as never,
    async close() {
      if (closed) return;
      closed = true;
      await Promise.allSettled([...open.values()].map((call) => call.promise));
      if (!worker) return;
      // A worker that dies instead has nothing left to close.
      await send(worker, { method: "close", args: [] }).promise.catch(() => undefined);
      await worker?.terminate();
    },
  };
}

function toError(reply: {
  code: ErrorCode | null;
  message: string;
  stack: string | undefined;
}): Error {
  const error =
    reply.code === null ? new Error(reply.message) : new GroundwireError(reply.code, reply.message);
  if (reply.stack !== undefined) error.stack = reply.stack;
  return error;
}
