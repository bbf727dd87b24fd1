import type { CodeInterpreter, InterpreterSession } from "./code-interpreter.ts";

export interface KeepingOptions {
  /** How long a session that nobody uses is kept. */
  idleSeconds: number;
  /** Sessions that are kept at the same time; the one that was used longest ago goes first. */
  most: number;
}

interface Kept {
  session: InterpreterSession;
  timer: NodeJS.Timeout;
}

/** Sessions opened with `keepAs` stay open for a while after they are closed, and are gone on with under that name. */
export function keepSessions(
  interpreter: CodeInterpreter,
  { idleSeconds, most }: KeepingOptions,
): CodeInterpreter {
  /** Those nobody uses, by name, the one that was used longest ago first. */
  const idle = new Map<string, Kept>();
  let isClosed = false;

  function take(name: string): InterpreterSession | null {
    const kept = idle.get(name);
    if (kept === undefined) return null;
    clearTimeout(kept.timer);
    idle.delete(name);
    return kept.session;
  }

  async function end(name: string): Promise<void> {
    await take(name)?.close();
  }

  /** Two sessions of one name may be used at once; the one that is done last is kept. */
  async function keep(name: string, session: InterpreterSession): Promise<void> {
    if (isClosed || most === 0) return session.close();
    await end(name);
    // A process that only this would keep alive may end.
    const timer = setTimeout(() => void end(name), idleSeconds * 1000).unref();
    idle.set(name, { session, timer });
    const [oldest] = idle.keys();
    if (idle.size > most && oldest !== undefined) await end(oldest);
  }

  return {
    status: (signal) => interpreter.status(signal),
    async open(options) {
      const { tenant, keepAs } = options;
      if (keepAs === undefined) return interpreter.open(options);
      const name = JSON.stringify([tenant, keepAs]);
      const session = take(name) ?? (await interpreter.open(options));
      let isDone = false;
      return {
        fileNames: session.fileNames,
        run: (code, signal) => session.run(code, signal),
        async close() {
          if (isDone) return;
          isDone = true;
          await keep(name, session);
        },
      };
    },
    async close() {
      isClosed = true;
      await Promise.all([...idle.keys()].map(end));
      await interpreter.close();
    },
  };
}
