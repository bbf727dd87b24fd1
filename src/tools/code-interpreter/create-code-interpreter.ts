import type { CodeInterpreterSettings } from "../../config/settings.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { type Choice, chooseSandbox } from "./choose-sandbox.ts";
import type { CodeInterpreter, InterpreterSession, InterpreterStatus } from "./code-interpreter.ts";
import { createFairQueue } from "./fair-queue.ts";
import { interpreterSession } from "./interpreter-session.ts";
import { createLauncher } from "./launcher.ts";
import { pyodideSandbox } from "./pyodide.ts";
import { pythonSandbox } from "./python-bubblewrap.ts";
import { DEFAULT_LIMITS, type Sandbox, type SandboxLimits, type SandboxName } from "./sandbox.ts";
import { interpreterUnavailable } from "./unavailable.ts";

const MEBIBYTE = 1024 * 1024;
/** The machine may just have been too busy: it is tried again, but not with every request. */
const TRY_AGAIN_MS = 60_000;

export interface InterpreterOptions {
  settings: CodeInterpreterSettings;
  /** Where sandboxes keep what they would have to make again. */
  cacheFolder: string;
  /** Told when it has been found out. */
  onStatus: (status: InterpreterStatus) => void;
  /** Others than those of this folder. */
  drivers?: Record<SandboxName, () => Sandbox>;
}

/** Starts nothing before somebody asks for a session or the status. */
export function createCodeInterpreter(options: InterpreterOptions): CodeInterpreter {
  const { settings } = options;
  const limits: SandboxLimits = { ...DEFAULT_LIMITS, ...settings.limits };
  const launcher = createLauncher();
  const drivers = options.drivers ?? {
    python: () => pythonSandbox({ python: settings.python, launcher }),
    pyodide: () =>
      pyodideSandbox({ wheels: settings.wheels, cacheFolder: options.cacheFolder, launcher }),
  };
  const sessions = createFairQueue({ places: settings.sessions, waiting: settings.queue });
  const runs = createFairQueue({ places: settings.concurrency, waiting: settings.queue });
  const open = new Set<InterpreterSession>();
  const closing = new AbortController();
  let choice: { made: Promise<Choice>; at: number } | null = null;

  /** Belongs to no single request: none that is aborted ends it for the others. */
  async function choose(): Promise<Choice> {
    const made = await chooseSandbox(settings.sandbox, drivers, closing.signal);
    options.onStatus(made.status);
    return made;
  }

  async function chosen(signal: AbortSignal): Promise<Choice> {
    const { made } = (choice ??= { made: choose(), at: Date.now() });
    const known = await orAborted(made, signal);
    const isOver = known.status.state === "broken" && Date.now() - choice.at > TRY_AGAIN_MS;
    if (!isOver) return known;
    choice = null;
    return chosen(signal);
  }

  return {
    async status(signal) {
      return (await chosen(signal)).status;
    },
    async open({ tenant, files, signal }) {
      const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
      if (bytes > limits.diskMb * MEBIBYTE) throw tooLarge(limits);
      const { sandbox, status } = await chosen(signal);
      if (sandbox === null) throw interpreterUnavailable(status);
      const leave = await sessions.enter(tenant, signal);
      const session = interpreterSession({
        sandbox,
        files,
        limits,
        enter: (runSignal) => runs.enter(tenant, runSignal),
        onClose() {
          open.delete(session);
          leave();
        },
      });
      open.add(session);
      return session;
    },
    async close() {
      closing.abort(new GroundwireError("shutting_down", "The server is shutting down."));
      sessions.close();
      runs.close();
      await Promise.all([...open].map((session) => session.close()));
      launcher.close();
    },
  };
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}

function tooLarge({ diskMb }: SandboxLimits): GroundwireError {
  return new GroundwireError(
    "payload_too_large",
    `Files for the code interpreter may have ${diskMb} MiB together. Give it fewer or smaller ones.`,
  );
}
