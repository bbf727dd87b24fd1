import { GroundwireError } from "../../protocol/errors.ts";
import type { AnswerEvent } from "../../protocol/events.ts";
import type { StepFile } from "../../protocol/steps.ts";
import type {
  InterpreterOutcome,
  InterpreterSession,
  InterpreterStatus,
} from "../../tools/code-interpreter/code-interpreter.ts";
import { workFileNames } from "../../tools/code-interpreter/file-names.ts";
import { outcomeText } from "../../tools/code-interpreter/tool.ts";
import { interpreterUnavailable } from "../../tools/code-interpreter/unavailable.ts";
import { withDeadline } from "../../util/deadline.ts";
import type { Run } from "../run.ts";
import { recordStep } from "./record-step.ts";

/** The code interpreter for one answer: its session begins with the first code, and ends with the answer or, in a conversation, later. */
export interface Interpreter {
  status: Extract<InterpreterStatus, { state: "ready" }>;
  /** The files of the request as the code finds them. */
  fileNames: string[];
  /**
   * Runs code for so many seconds at most, keeps what files it makes, and tells of it.
   * @throws GroundwireError when no session is to be had; the signal's reason.
   */
  run(code: string, seconds: number): AsyncGenerator<AnswerEvent, CodeRun>;
  close(): Promise<void>;
}

export interface CodeRun {
  /** Null: it was not done in time. */
  outcome: InterpreterOutcome | null;
  files: StepFile[];
  /** What the model reads. */
  text: string;
}

/** Bytes of all files of one answer that are kept. */
const MOST_KEPT = 128 * 1024 * 1024;
const NOT_DONE = new GroundwireError("upstream_timeout", "The code was not done in time.");

/** @throws GroundwireError `code_interpreter_unavailable` */
export async function openInterpreter(run: Run): Promise<Interpreter> {
  const { question, services, signal } = run;
  const status = await services.codeInterpreter.status(signal);
  if (status.state !== "ready") throw interpreterUnavailable(status);
  const fileNames = workFileNames(question.files.map(({ name }) => name));
  const closing = new AbortController();
  let session: Promise<InterpreterSession> | null = null;

  async function openSession(): Promise<InterpreterSession> {
    const files = await Promise.all(
      question.files.map(async (file) => ({ name: file.name, bytes: await file.read() })),
    );
    const { tenant, conversationId } = question;
    return services.codeInterpreter.open({
      tenant,
      files,
      signal: AbortSignal.any([signal, closing.signal]),
      // With other files it is another session.
      ...(conversationId === null
        ? {}
        : { keepAs: JSON.stringify([conversationId, ...question.files.map(({ id }) => id)]) }),
    });
  }

  /** Null when it is late. */
  async function runInTime(code: string, seconds: number): Promise<InterpreterOutcome | null> {
    try {
      return await withDeadline({ seconds, signal, late: () => NOT_DONE }, async (either) => {
        const opened = await (session ??= openSession());
        return opened.run(code, either);
      });
    } catch (error) {
      if (error === NOT_DONE) return null;
      throw error;
    }
  }

  return {
    status,
    fileNames,
    async *run(code, seconds) {
      const step = recordStep(run, { tool: "code_interpreter", code });
      yield step.start;
      const outcome = await runInTime(code, seconds);
      if (outcome === null) {
        const text = `${NOT_DONE.message} Its output is lost.`;
        yield step.end({ status: "failed", output: text, files: [] });
        return { outcome, files: [], text };
      }
      const { kept: files, leftOut } = await keepFiles(run, outcome);
      const output = outcomeText(outcome);
      const status = outcome.error === null ? "completed" : "failed";
      yield step.end({ status, output, files });
      return { outcome, files, text: [...linksTo(files, leftOut), output].join("\n\n") };
    },
    async close() {
      // It may still be waiting for its turn.
      closing.abort();
      const opened = await session?.catch(() => null);
      await opened?.close();
    },
  };
}

async function keepFiles(
  run: Run,
  { files, images }: InterpreterOutcome,
): Promise<{ kept: StepFile[]; leftOut: string[] }> {
  const { question, services, produced } = run;
  const figures = images.map((bytes, index) => ({
    name: `figure-${countFigures(produced) + index + 1}.png`,
    bytes,
    mediaType: "image/png",
  }));
  const kept: StepFile[] = [];
  const leftOut: string[] = [];
  for (const file of [...files, ...figures]) {
    const bytes = [...produced, ...kept].reduce((total, one) => total + one.bytes, 0);
    if (bytes + file.bytes.length > MOST_KEPT) {
      leftOut.push(file.name);
      continue;
    }
    const id = await services.keepFile(question.tenant, file);
    kept.push({
      file_id: id,
      filename: file.name,
      bytes: file.bytes.length,
      media_type: file.mediaType,
      url: `/openai/v1/files/${id}/content`,
    });
  }
  produced.push(...kept);
  return { kept, leftOut };
}

function countFigures(produced: StepFile[]): number {
  return produced.filter(({ filename }) => /^figure-\d+\.png$/u.test(filename)).length;
}

function linksTo(files: StepFile[], leftOut: string[]): string[] {
  const links = files.map(({ filename, url }) => `${filename}: ${url}`).join("\n");
  return [
    ...(links === ""
      ? []
      : [`The user finds them below your answer. To name one in it, link to it:\n${links}`]),
    ...(leftOut.length === 0
      ? []
      : [`Not given to the user, since one answer has too many bytes: ${leftOut.join(", ")}`]),
  ];
}
