import type { RunOutcome, SandboxFile, SandboxName, SandboxReport } from "./sandbox.ts";

/** Python for whoever answers: sessions in the sandbox that was chosen when the first one was asked for. */
export interface CodeInterpreter {
  /** Which sandbox it is and why; finds out when nobody has yet. */
  status(signal: AbortSignal): Promise<InterpreterStatus>;
  /**
   * Waits for its turn and opens a session, which the caller closes. With `keepAs` it stays open for a while after that, and
   * the tenant's next session of that name goes on with it.
   * @throws GroundwireError `rate_limited` when too many wait, `payload_too_large` when the files do not fit,
   * `code_interpreter_unavailable` when it is off, no sandbox works or it has stopped working; the signal's reason.
   */
  open(options: {
    tenant: string;
    files: SandboxFile[];
    signal: AbortSignal;
    keepAs?: string;
  }): Promise<InterpreterSession>;
  close(): Promise<void>;
}

export interface InterpreterSession {
  /** The files as the code finds them: in one folder, no two by the same name. In the order in which they were given. */
  readonly fileNames: string[];
  /**
   * Waits for its turn and runs the code after what was run before.
   * @throws GroundwireError as `open` does; the signal's reason, after which the session is a new one.
   */
  run(code: string, signal: AbortSignal): Promise<InterpreterOutcome>;
  close(): Promise<void>;
}

export interface InterpreterOutcome extends RunOutcome {
  /** True when the run before had ended the session: variables are gone, and only the given files are there. */
  isFresh: boolean;
}

export type InterpreterStatus =
  | { state: "off" }
  | {
      state: "ready";
      sandbox: SandboxName;
      report: Extract<SandboxReport, { works: true }>;
      /** Stronger ones that do not work here. */
      passedOver: Tried[];
    }
  | { state: "broken"; tried: Tried[] };

export interface Tried {
  sandbox: SandboxName;
  reason: string;
}
