import type { Usage } from "../protocol/events.ts";
import { isObject } from "../protocol/validation.ts";
import { parseJson } from "../util/parse-json.ts";

/** Servers write `usage` at the end of an answer, and in the last but one event of a stream. */
const TAIL_BYTES = 16 * 1024;
const USAGE = /"usage"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})/gu;

/** Finds the token counts in an answer that is handed on as bytes, looking at its end only. */
export interface UsageScanner {
  push(chunk: Uint8Array): void;
  /** Events of a stream so far; models send about one for each token. */
  events(): number;
  /** Null: the answer tells none. */
  end(): Usage | null;
}

export function createUsageScanner(): UsageScanner {
  let tail: Uint8Array[] = [];
  let bytes = 0;
  let events = 0;
  return {
    push(chunk) {
      events += countIn(chunk);
      tail.push(chunk);
      bytes += chunk.length;
      while (bytes - (tail[0]?.length ?? 0) >= TAIL_BYTES) bytes -= tail.shift()?.length ?? 0;
    },
    events: () => events,
    end() {
      const text = Buffer.concat(tail).subarray(-TAIL_BYTES).toString("utf8");
      tail = [];
      return usageIn(text);
    },
  };
}

/** An event that is cut between two pieces is not seen; few are. */
function countIn(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let count = 0;
  for (let at = bytes.indexOf("data:"); at !== -1; at = bytes.indexOf("data:", at + 5)) count++;
  return count;
}

/** The last `usage` that counts anything. */
export function usageIn(text: string): Usage | null {
  const found = [...text.matchAll(USAGE)].at(-1)?.[1];
  const usage = found === undefined ? null : parseJson(found);
  if (!isObject(usage)) return null;
  const { prompt_tokens: prompt, total_tokens: total } = usage;
  if (typeof prompt !== "number" || typeof total !== "number") return null;
  return {
    ...usage,
    prompt_tokens: prompt,
    completion_tokens: total - prompt,
    total_tokens: total,
  };
}
