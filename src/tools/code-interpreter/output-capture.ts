/** One output stream of one run: its beginning is kept, the rest only counted, and the run's marker ends it. */
export interface OutputCapture {
  push(chunk: Buffer): void;
  /** Nothing more will come. */
  end(): void;
  /** Resolves when the marker has come, or nothing more will. */
  readonly ended: Promise<void>;
  /** Bytes that came, the marker left out. */
  readonly bytes: number;
  /** What is kept, in whole characters. */
  text(): { text: string; isCut: boolean };
}

export function createOutputCapture(marker: string, mostBytes: number): OutputCapture {
  const needle = Buffer.from(marker);
  const kept: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  let keptBytes = 0;
  let isOver = false;
  /** The last bytes, which may be the beginning of the marker. */
  let tail: Buffer = Buffer.alloc(0);

  function keep(piece: Buffer): void {
    bytes += piece.length;
    const taken = piece.subarray(0, Math.max(0, mostBytes - keptBytes));
    if (taken.length === 0) return;
    keptBytes += taken.length;
    // A copy: the piece may be a small part of a large chunk.
    kept.push(Buffer.from(taken));
  }

  function end(): void {
    keep(tail);
    tail = Buffer.alloc(0);
    isOver = true;
    resolve();
  }

  return {
    push(chunk) {
      if (isOver) return;
      const data = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      const found = data.indexOf(needle);
      if (found === -1) {
        const sure = Math.max(0, data.length - needle.length + 1);
        keep(data.subarray(0, sure));
        tail = data.subarray(sure);
      } else {
        tail = data.subarray(0, found);
        end();
      }
    },
    end,
    ended: promise,
    get bytes() {
      return bytes;
    },
    text() {
      const isCut = bytes > keptBytes;
      const whole = Buffer.concat(kept);
      // In streaming mode the decoder leaves out a character whose end is missing.
      return { text: new TextDecoder().decode(whole, { stream: isCut }), isCut };
    },
  };
}
