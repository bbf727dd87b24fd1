/**
 * Hosted tools at work on the way to an answer: `x_groundwire.steps`, for callers who ask with `x-groundwire-extensions: 1`.
 * What is told at the end has other keys than what is told at the beginning, so that both merge into one.
 */

export type HostedToolName = "file_search" | "code_interpreter";

export type StepStart =
  | { index: number; tool: "file_search"; query: string }
  | { index: number; tool: "code_interpreter"; code: string };

export interface StepEnd {
  index: number;
  /** `failed`: the code raised an exception, or the search failed. */
  status: "completed" | "failed";
  milliseconds: number;
  /** Of a search: how many passages it gave that had not been given before. */
  found?: number;
  /** Of code: what it printed, its result and its exception, as the model reads them. */
  output?: string;
  /** Of code: files and figures it made. */
  files?: StepFile[];
}

/** A step as far as it has been told. */
export type AnswerStep = StepStart & Partial<StepEnd>;

/** A file that code has made, kept under `/files` with the purpose `assistants_output`. */
export interface StepFile {
  file_id: string;
  filename: string;
  bytes: number;
  media_type: string;
  /** On this server, relative to its root. */
  url: string;
}
