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

type Reply =
  | { id: number; value: unknown }
  | { id: number; error: { code: ErrorCode | null; message: string } };

/** Worker side: answers calls one after the other, in the order they came. */
export function serveMethods(port: MessagePort, methods: Methods): void {
  let last: Promise<void> = Promise.resolve();
  port.on("message", ({ id, method, args }: Call) => {
    last = last.then(async () => {
      port.postMessage(await replyTo({ id, method, args }, methods));
    });
  });
}

async function replyTo({ id, method, args }: Call, methods: Methods): Promise<Reply> {
  try {
    const run = methods[method];
    if (!run) throw new Error(`the worker has no method '${method}'`);
    // The caller's side is typed by `Remote`, so these are the method's own arguments.
    return { id, value: await run(...(args as never[])) };
  } catch (error) {
    const code = error instanceof GroundwireError ? error.code : null;
    return { id, error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}

/**
 * Calling side. When the worker dies every open call is rejected, and so is every later one: its owner decides whether
 * to start another.
 */
export function connectMethods<T extends Methods>(
  worker: Worker,
): { methods: Remote<T>; close(): Promise<void> } {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  let failure: Error | undefined;

  const fail = (error: Error): void => {
    failure ??= error;
    for (const call of open.values()) call.reject(failure);
    open.clear();
  };
  worker.on("error", (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => fail(new Error("the worker has ended")));
  worker.on("message", (reply: Reply) => {
    const call = open.get(reply.id);
    open.delete(reply.id);
    if ("error" in reply) call?.reject(toError(reply.error));
    else call?.resolve(reply.value);
  });

  const callMethod = (method: string, args: unknown[]): Promise<unknown> => {
    if (failure) return Promise.reject(failure);
    const id = ++lastId;
    const call = Promise.withResolvers<unknown>();
    open.set(id, call);
    worker.postMessage({ id, method, args } satisfies Call);
    return call.promise;
  };
  const methods = new Proxy(
    {},
    {
      get:
        (_target, method) =>
        (...args: unknown[]) =>
          callMethod(String(method), args),
    },
  );
  return {
    // The proxy answers any name; `T` says which ones the worker really serves.
    methods: methods as Remote<T>,
    async close() {
      await Promise.allSettled([...open.values()].map((call) => call.promise));
      await worker.terminate();
    },
  };
}

function toError({ code, message }: { code: ErrorCode | null; message: string }): Error {
  return code === null ? new Error(message) : new GroundwireError(code, message);
}
