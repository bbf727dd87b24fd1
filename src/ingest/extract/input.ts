import type { LastError } from "../../storage/storage.ts";

/** One file as an extractor gets it: inside a process that is ended when it takes too long or too much memory. */
export interface ExtractInput {
  bytes: Buffer;
  filename: string;
  /** As the uploader gave it. */
  mediaType?: string;
  limits: ExtractLimits;
}

export interface ExtractLimits {
  /** Wall clock for one document, in seconds. */
  extractSeconds: number;
  /** Resident memory of the process that reads it, in MiB. */
  extractMemoryMb: number;
}

/** Most bytes an archive may unpack to. */
export const MOST_UNPACKED_BYTES = 256 * 1024 * 1024;
/** Most pages, slides or sheets of one document. */
export const MOST_PAGES = 5_000;

/** A file that cannot be read. The message is shown to whoever uploaded it: what is wrong and what to do. */
export class ExtractError extends Error {
  override name = "ExtractError";
  readonly code: LastError["code"];

  constructor(code: LastError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function invalidFile(message: string, cause?: unknown): ExtractError {
  return new ExtractError("invalid_file", message, cause === undefined ? undefined : { cause });
}
