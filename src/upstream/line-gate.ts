const LINE_FEED = 0x0a;
/** A longer line is let through in pieces. */
const LONGEST_HELD = 1024 * 1024;
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
  /** What a stream that ended well still had under way. */
  end(): Buffer;
}

export function createLineGate(): LineGate {
  let held: Buffer = Buffer.alloc(0);
  /** The line at the beginning of `held` has been looked at or let through in part. */
  let isInLine = false;

  function isPlausible(lines: Buffer): boolean {
    let start = 0;
    if (isInLine) start = lines.indexOf(LINE_FEED) + 1 || lines.length;
    while (start < lines.length) {
      const head = lines.toString("latin1", start, start + LONGEST_START).split("\n", 1)[0] ?? "";
      if (!LINE_START.test(head)) return false;
      const end = lines.indexOf(LINE_FEED, start);
      if (end === -1) break;
      start = end + 1;
    }
    return true;
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
      return passing;
    },
    end: () => held,
  };
}
