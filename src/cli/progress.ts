import type { WriteStream } from "node:tty";

import { printable } from "./terminal.ts";

export interface Progress {
  /** What is being done now. */
  show(text: string): void;
  /** One more is done; its line stays. */
  finish(line: string): void;
  /** One more is done, of which there is nothing to say. */
  advance(): void;
  end(): void;
}

const BAR = 24;

/** A bar on a terminal; plain lines anywhere else. */
export function createProgress(stream: WriteStream, total: number): Progress {
  let done = 0;
  const clear = (): void => {
    if (stream.isTTY) stream.write("\r\u001B[K");
  };
  const draw = (text: string): void => {
    if (!stream.isTTY) return;
    const filled = Math.round((done / Math.max(1, total)) * BAR);
    const line = `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${done}/${total} ${printable(text)}`;
    clear();
    stream.write(line.slice(0, Math.max(20, stream.columns - 1)));
  };
  return {
    show: draw,
    finish(line) {
      done++;
      clear();
      stream.write(`${printable(line)}\n`);
      draw("");
    },
    advance() {
      done++;
      draw("");
    },
    end: clear,
  };
}
