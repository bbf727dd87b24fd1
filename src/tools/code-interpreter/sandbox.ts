/**
 * What every sandbox can do. A driver starts a process that can reach nothing of the host; a session is one such process,
 * in which Python keeps its variables from run to run. Whatever comes out of a session is hostile.
 */
export interface Sandbox {
  name: SandboxName;
  /** Really runs code, and tells what stands around it or why it cannot. Does not throw but when aborted. */
  probe(signal: AbortSignal): Promise<SandboxReport>;
  /**
   * Starts a session with the files in its work folder.
   * @throws SandboxError when it cannot be started; `signal` only ends the start.
   */
  open(options: {
    files: SandboxFile[];
    limits: SandboxLimits;
    signal: AbortSignal;
  }): Promise<SandboxSession>;
}

export type SandboxName = "python" | "pyodide";

/** The folder the code starts in and hands its files over from, as models know it. */
export const WORK_FOLDER = "/mnt/data";

export interface SandboxFile {
  /** Relative to the work folder, without `..`; folders by `/`. */
  name: string;
  bytes: Uint8Array;
}

export interface SandboxSession {
  /**
   * Runs one piece of code after the ones before it. What the code does wrong is in the outcome; one run at a time.
   * An abort ends the session and rejects with the signal's reason.
   * @throws SandboxError when the session has ended.
   */
  run(code: string, signal: AbortSignal): Promise<RunOutcome>;
  /** True when the process is gone, and its variables and files with it. */
  readonly hasEnded: boolean;
  close(): Promise<void>;
}

export interface RunOutcome {
  stdout: string;
  stderr: string;
  /** `repr` of the last expression; null when there is none or it is None. */
  result: string | null;
  error: RunError | null;
  /** New and changed files of the work folder, by name; images of figures are not among them. */
  files: ProducedFile[];
  /** Figures of matplotlib, as PNG, in their order. */
  images: Uint8Array[];
  /** What there is more of than is given here. */
  truncated: { stdout: boolean; stderr: boolean; result: boolean };
  /** Files that are too many or too large to be handed over, by name. */
  leftOut: string[];
  imagesLeftOut: number;
  durationMs: number;
}

export interface RunError {
  /** Name of the Python exception, or of the limit that was met. */
  name: string;
  message: string;
  /** Null when the code was ended from outside. */
  traceback: string | null;
}

export interface ProducedFile {
  name: string;
  bytes: Uint8Array;
  /** By the ending of the name. */
  mediaType: string;
}

export interface SandboxLimits {
  /** Wall clock of one run, in seconds. */
  seconds: number;
  /** Memory of a session, all its processes together, in MiB. */
  memoryMb: number;
  /** Files of a session, in MiB. They are kept in memory, beside `memoryMb`. */
  diskMb: number;
  /** Processes and threads of a session. */
  processes: number;
  /** Given of each of stdout, stderr, result and traceback, in bytes. */
  outputBytes: number;
  /** Files handed over after one run. */
  files: number;
  /** Largest file handed over, in bytes. */
  fileBytes: number;
  /** Files and figures handed over after one run, all together, in bytes. */
  totalFileBytes: number;
  /** Figures handed over after one run. */
  images: number;
}

export const DEFAULT_LIMITS: SandboxLimits = {
  seconds: 60,
  memoryMb: 1024,
  diskMb: 256,
  processes: 32,
  outputBytes: 64 * 1024,
  files: 20,
  fileBytes: 32 * 1024 * 1024,
  totalFileBytes: 64 * 1024 * 1024,
  images: 10,
};

/** Processor time of a session, in seconds: as much as twenty of its runs may take. */
export function processorSecondsOf({ seconds }: SandboxLimits): number {
  return Math.ceil(seconds * 20);
}

/** What a probe found: told to operators, who have to judge it. */
export type SandboxReport =
  | {
      works: true;
      python: string;
      /** Versions of numpy, pandas and matplotlib, those that are there. */
      libraries: Record<string, string>;
      capabilities: SandboxCapabilities;
      /** What stands between the code and the host, strongest first. */
      walls: string[];
      /** What is weaker here than it could be, and why. */
      weaknesses: string[];
    }
  | { works: false; reason: string };

export interface SandboxCapabilities {
  /** The kernel keeps the code from network, files and processes; otherwise only the runtime does. */
  kernelIsolation: boolean;
  /** Code can start processes, at most `processes` of them. */
  subprocesses: boolean;
  /** The memory of the whole session is watched; otherwise only that of Python itself is limited. */
  memoryWatch: boolean;
}

/** A sandbox that cannot be started or has ended. The message is for operators. */
export class SandboxError extends Error {
  override name = "SandboxError";
}
