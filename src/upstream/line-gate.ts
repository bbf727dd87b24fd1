const LINE_FEED = 0x0a;
const BLANKS = [0x20, 0x09, 0x0d];
/** `}` and `]`: how the JSON of an event ends. */
const JSON_ENDS = [0x7d, 0x5d];
/** Bytes at the end of a stream in which its last events stand. */
const TAIL = 4096;
/** An end marker, a choice that has finished, since not every server sends the marker, or an error that says why not. */
const FINISHED = /^data: ?(?:\[DONE\]|\{\s*"error"\s*:)|"finish_reason"\s*:\s*"/mu;
/** A longer line is let through in pieces. */
const LONGEST_HELD = 1024 * 1024;
const LINE_END = Buffer.from("\n");
/** How a line of an event stream of JSON may begin. */
const LINE_START = /^(?:data: ?[{[\r]|data: ?$|:|event:|id:|retry:|\r|$)/u;
const LONGEST_START = 8;

/**
 * Lets an event stream through in whole lines, so that one that breaks off never leaves half an event behind, and sees
 * when an upstream talks nonsense. Bytes are not changed.
 */
export interface LineGate {
  /** What may go on now; null: this is no event stream of JSON. */
  push(chunk: Buffer): Buffer | null;
  /** What a stream that has ended still had under way; null: it has ended before its answer had. */
  end(): Buffer | null;
}

export function createLineGate(): LineGate {
  let held: Buffer = Buffer.alloc(0);
  /** The line at the beginning of `held` has been looked at or let through in part. */
  let isInLine = false;
  let tail: Buffer = Buffer.alloc(0);

  function isPlausible(lines: Buffer): boolean {
    let start = 0;
    if (isInLine) start = lines.indexOf(LINE_FEED) + 1 || lines.length;
    while (start < lines.length) {
      const head = lines.toString("latin1", start, start + LONGEST_START).split("\n", 1)[0] ?? "";
      if (!LINE_START.test(head)) return false;
      const end = lines.indexOf(LINE_FEED, start);
      if (end === -1) break;
      if (head.startsWith("data") && !isWhole(lines, start, end)) return false;
      start = end + 1;
    }
    return true;
  }

  function remember(bytes: Buffer): void {
    tail = (bytes.length < TAIL ? Buffer.concat([tail, bytes]) : bytes).subarray(-TAIL);
  }

  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const whole = bytes.lastIndexOf(LINE_FEED) + 1;
      const cut = bytes.length - whole > LONGEST_HELD ? bytes.length : whole;
      const passing = bytes.subarray(0, cut);
      held = bytes.subarray(cut);
      if (!isPlausible(passing)) return null;
      if (passing.length > 0) isInLine = passing[passing.length - 1] !== LINE_FEED;
      remember(passing);
      return passing;
    },
    end() {
      if (!isInLine && held.length > 0 && !isPlausible(Buffer.concat([held, LINE_END])))
        return null;
      remember(held);
      return FINISHED.test(tail.toString("latin1")) ? held : null;
    },
  };
}

/** The JSON of a data line has an end; which one fits is for the client to see. */
function isWhole(lines: Buffer, start: number, end: number): boolean {
  let last = end - 1;
  while (last > start && BLANKS.includes(lines[last] ?? 0)) last -= 1;
  const byte = lines[last] ?? 0;
  return JSON_ENDS.includes(byte) || lines.toString("latin1", start, last + 1) === "data:";
}
