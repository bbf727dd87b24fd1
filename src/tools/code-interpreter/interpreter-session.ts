import { GroundwireError } from "../../protocol/errors.ts";
import type { InterpreterOutcome, InterpreterSession } from "./code-interpreter.ts";
import { workFileNames } from "./file-names.ts";
import {
  type Sandbox,
  SandboxError,
  type SandboxFile,
  type SandboxLimits,
  type SandboxSession,
} from "./sandbox.ts";

export interface SessionOptions {
  sandbox: Sandbox;
  files: SandboxFile[];
  limits: SandboxLimits;
  /** Waits until code may run, and answers how to tell that it does no longer. */
  enter: (signal: AbortSignal) => Promise<() => void>;
  onClose: () => void;
}

/** A session that starts its process with the first run, and another one after a run that has ended it. */
export function interpreterSession(options: SessionOptions): InterpreterSession {
  const fileNames = workFileNames(options.files.map(({ name }) => name));
  const files = options.files.map((file, index) => ({ ...file, name: fileNames[index] ?? "file" }));
  let session: SandboxSession | null = null;
  let isClosed = false;
  /** The last run that was asked for: they follow each other. */
  let last: Promise<unknown> = Promise.resolve();

  async function runNext(code: string, signal: AbortSignal): Promise<InterpreterOutcome> {
    const leave = await options.enter(signal);
    try {
      if (isClosed) throw closed();
      const isFresh = session?.hasEnded === true;
      if (session === null || isFresh) {
        session = await options.sandbox.open({ files, limits: options.limits, signal });
      }
      return { ...(await session.run(code, signal)), isFresh };
    } catch (error) {
      throw error instanceof SandboxError ? broken(error) : error;
    } finally {
      leave();
      // Closed while it was being started.
      if (isClosed) await session?.close();
    }
  }

  return {
    fileNames,
    run(code, signal) {
      const run = last.then(() => runNext(code, signal));
      last = run.catch(() => undefined);
      return run;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await session?.close();
      options.onClose();
    },
  };
}

function closed(): GroundwireError {
  return new GroundwireError("shutting_down", "The code interpreter's session has been closed.");
}

function broken(cause: SandboxError): GroundwireError {
  return new GroundwireError(
    "code_interpreter_unavailable",
    "The code interpreter could not be started. Try again later; if it keeps failing, give the operator the request id.",
    { cause },
  );
}
