import { randomBytes } from "node:crypto";

import { createFrameReader, encodeFrame, FrameError } from "./frames.ts";
import type { Launcher } from "./launcher.ts";
import { type Run, startRun } from "./run.ts";
import { runnerMessage, type RunnerMessage } from "./runner-messages.ts";
import {
  type RunError,
  type RunOutcome,
  SandboxError,
  type SandboxFile,
  type SandboxLimits,
  type SandboxSession,
} from "./sandbox.ts";
import type { SandboxCommand, SandboxProcess } from "./sandbox-process.ts";
import { watchProcesses } from "./watch.ts";

/** Long: on a busy machine others come first. */
const START_SECONDS = 180;
/** Most of a frame's header beside result, error and traceback, which have limits of their own. */
const HEADER_BYTES = 256 * 1024;
/** As much as JSON makes of one byte. */
const ESCAPED_BYTES = 6;
/** Kept of what Python says before it is ready, to tell why it did not become so. */
const REASON_LENGTH = 2_000;

/**
 * Starts a process that runs `runner.py` and speaks with it.
 * @throws SandboxError when it does not get ready; an abort ends it.
 */
export async function openSession(
  { launcher, command }: { launcher: Launcher; command: SandboxCommand },
  { files, limits, signal }: { files: SandboxFile[]; limits: SandboxLimits; signal: AbortSignal },
): Promise<SandboxSession> {
  signal.throwIfAborted();
  const session = new RunnerSession(await launcher.start(command), {
    limits,
    runtimeMb: command.runtimeMb,
  });
  const cut = AbortSignal.any([signal, AbortSignal.timeout(START_SECONDS * 1000)]);
  const abort = (): void => void session.close();
  cut.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    await session.begin(files);
    return session;
  } catch (error) {
    await session.close();
    signal.throwIfAborted();
    if (cut.aborted) throw new SandboxError(`not ready after ${START_SECONDS} s`, { cause: error });
    throw error;
  } finally {
    cut.removeEventListener("abort", abort);
  }
}

/** One process, and what is known of it: it may be at most at one run. */
class RunnerSession implements SandboxSession {
  readonly #process: SandboxProcess;
  readonly #runtimeMb: number;
  readonly #limits: SandboxLimits;
  readonly #ready = Promise.withResolvers<string>();
  #said = "";
  #run: Run | null = null;
  #hasEnded = false;

  constructor(
    process: SandboxProcess,
    { limits, runtimeMb }: { limits: SandboxLimits; runtimeMb: number },
  ) {
    this.#process = process;
    this.#runtimeMb = runtimeMb;
    this.#limits = limits;
    this.#ready.promise.catch(() => undefined);
    void process.ended.then((how) => this.#end(how));
    process.stdout.on("data", (chunk: Buffer) => this.#print("stdout", chunk));
    process.stderr.on("data", (chunk: Buffer) => this.#print("stderr", chunk));
    this.#listen();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Hands the files over and waits until code can be run; answers the version of Python. */
  async begin(files: SandboxFile[]): Promise<string> {
    for (const { name, bytes } of files) this.#send({ type: "file", name }, bytes);
    this.#send({ type: "start" });
    const python = await this.#ready.promise;
    this.#process.pause();
    return python;
  }

  async run(code: string, signal: AbortSignal): Promise<RunOutcome> {
    signal.throwIfAborted();
    if (this.#hasEnded) throw new SandboxError("the session has ended");
    if (this.#run !== null) throw new SandboxError("the session is still at another run");
    const stop = (error: RunError): void => this.#stop(error);
    const run = startRun(this.#limits, {
      marker: randomBytes(16).toString("hex"),
      onFlood: stop,
    });
    this.#run = run;
    const abort = (): void => stop(tooSlow(this.#limits));
    const deadline = setTimeout(abort, this.#limits.seconds * 1000);
    const watch = watchProcesses(this.#process.pid, {
      limits: this.#limits,
      runtimeMb: this.#runtimeMb,
      onExceeded: stop,
    });
    signal.addEventListener("abort", abort, { once: true });
    try {
      this.#process.resume();
      this.#send({ type: "run", marker: run.marker }, Buffer.from(code));
      await run.done;
      signal.throwIfAborted();
      return run.outcome();
    } finally {
      clearTimeout(deadline);
      watch.stop();
      signal.removeEventListener("abort", abort);
      this.#run = null;
      if (this.#hasEnded) await this.close();
      else this.#process.pause();
    }
  }

  async close(): Promise<void> {
    this.#hasEnded = true;
    await this.#process.kill();
  }

  #listen(): void {
    const { outputBytes, fileBytes } = this.#limits;
    const reader = createFrameReader({
      // Result, message and traceback.
      headerBytes: HEADER_BYTES + 3 * ESCAPED_BYTES * outputBytes,
      payloadBytes: fileBytes,
    });
    this.#process.responses.on("data", (chunk: Buffer) => {
      if (this.#hasEnded) return;
      try {
        for (const { header, payload } of reader.push(chunk)) {
          this.#receive(runnerMessage.parse(header), payload);
        }
      } catch (error) {
        // Only code that writes to the descriptor itself gets here.
        const said = error instanceof FrameError ? error.message : "a message that is not known";
        this.#stop(ended(`The session was ended: ${said}.`));
      }
    });
  }

  #print(stream: "stdout" | "stderr", chunk: Buffer): void {
    if (this.#run !== null) this.#run.print(stream, chunk);
    else if (this.#said.length < REASON_LENGTH)
      this.#said += chunk.toString("utf8", 0, REASON_LENGTH);
  }

  #receive(message: RunnerMessage, payload: Buffer): void {
    if (message.type === "ready") this.#ready.resolve(message.python);
    else this.#run?.receive(message, payload);
  }

  #send(header: object, payload?: Uint8Array): void {
    for (const piece of encodeFrame(header, payload)) this.#process.requests.write(piece);
  }

  /** Ends the session for what its code has done. */
  #stop(error: RunError): void {
    this.#run?.fail(error);
    void this.close();
  }

  #end(how: string): void {
    this.#hasEnded = true;
    const said = `${this.#process.said()}${this.#said}`.trim();
    this.#ready.reject(new SandboxError(`${said} (${how})`.trim()));
    this.#run?.fail(
      ended("The Python process ended. Variables and files of the session are lost."),
    );
  }
}

function tooSlow({ seconds }: SandboxLimits): RunError {
  return {
    name: "TimeoutError",
    message: `The code was stopped after ${seconds} s. Variables and files of the session are lost.`,
    traceback: null,
  };
}

function ended(message: string): RunError {
  return { name: "SandboxError", message, traceback: null };
}
