import { mediaTypeOf } from "../../util/media-types.ts";
import { createOutputCapture } from "./output-capture.ts";
import type { RunMessage } from "./runner-messages.ts";
import type { ProducedFile, RunError, RunOutcome, SandboxLimits } from "./sandbox.ts";

/** Output beyond this ends the run: reading and throwing away costs the server time. */
const FLOOD_BYTES = 32 * 1024 * 1024;
/** The code may have closed a stream in a way that keeps its end from being seen. */
const OUTPUT_GRACE_MS = 500;

/** What one run gives, put together as it comes. */
export interface Run {
  /** Ends the run's part of both output streams. */
  marker: string;
  print(stream: "stdout" | "stderr", chunk: Buffer): void;
  receive(message: RunMessage, payload: Buffer): void;
  /** Ends the run from outside; only the first reason counts. */
  fail(error: RunError): void;
  /** Resolves when everything has come, or the run has failed. */
  done: Promise<void>;
  outcome(): RunOutcome;
}

type Finish = Extract<RunMessage, { type: "done" }>;

export function startRun(
  limits: SandboxLimits,
  { marker, onFlood }: { marker: string; onFlood: (error: RunError) => void },
): Run {
  const startedAt = performance.now();
  const captures = {
    stdout: createOutputCapture(marker, limits.outputBytes),
    stderr: createOutputCapture(marker, limits.outputBytes),
  };
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const files: ProducedFile[] = [];
  const images: Uint8Array[] = [];
  let fileBytes = 0;
  let finish: Finish | null = null;
  let failure: RunError | null = null;
  let durationMs = 0;

  function end(): void {
    durationMs = Math.round(performance.now() - startedAt);
    resolve();
  }

  async function finishWith(message: Finish): Promise<void> {
    finish = message;
    const late = setTimeout(() => {
      captures.stdout.end();
      captures.stderr.end();
    }, OUTPUT_GRACE_MS);
    await Promise.all([captures.stdout.ended, captures.stderr.ended]);
    clearTimeout(late);
    end();
  }

  function take(message: RunMessage, payload: Buffer): void {
    // The runner keeps to the limits; code that speaks in its name need not.
    if (fileBytes + payload.length > limits.totalFileBytes) return;
    if (message.type === "image" && images.length < limits.images) images.push(payload);
    else if (message.type === "file" && files.length < limits.files) {
      files.push({ name: message.name, bytes: payload, mediaType: mediaTypeOf(message.name) });
    } else return;
    fileBytes += payload.length;
  }

  return {
    marker,
    print(stream, chunk) {
      captures[stream].push(chunk);
      if (captures.stdout.bytes + captures.stderr.bytes > FLOOD_BYTES) onFlood(flooded());
    },
    receive(message, payload) {
      // Code that spoke in the runner's name may have ended the run before this one early.
      if (message.run !== marker) return;
      if (message.type === "done") void (finish === null && finishWith(message));
      else take(message, payload);
    },
    fail(error) {
      failure ??= error;
      captures.stdout.end();
      captures.stderr.end();
      end();
    },
    done,
    outcome() {
      const stdout = captures.stdout.text();
      const stderr = captures.stderr.text();
      return {
        stdout: stdout.text,
        stderr: stderr.text,
        result: finish?.result ?? null,
        error: failure ?? finish?.error ?? null,
        files,
        images,
        truncated: {
          stdout: stdout.isCut,
          stderr: stderr.isCut,
          result: finish?.resultIsCut ?? false,
        },
        leftOut: finish?.leftOut ?? [],
        imagesLeftOut: finish?.imagesLeftOut ?? 0,
        durationMs,
      };
    },
  };
}

function flooded(): RunError {
  return {
    name: "OutputError",
    message: `The code printed more than ${FLOOD_BYTES / 1024 / 1024} MiB and was ended. Variables and files of the session are lost.`,
    traceback: null,
  };
}
