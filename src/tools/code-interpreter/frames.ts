/**
 * How a session's process is spoken to, in both directions: 4 bytes length of a JSON header, 4 bytes length of what follows
 * it (both big-endian), the header, the bytes.
 */
export interface Frame {
  header: unknown;
  payload: Buffer;
}

const LENGTHS_BYTES = 8;
const NOTHING = Buffer.alloc(0);

export function encodeFrame(header: object, payload: Uint8Array = NOTHING): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(payload.length, 4);
  return payload.length === 0 ? [lengths, text] : [lengths, text, payload];
}

export interface FrameReader {
  /** @throws FrameError on a frame above the limits or a header that is not JSON; nothing can be read after it. */
  push(chunk: Buffer): Frame[];
}

export class FrameError extends Error {
  override name = "FrameError";
}

/** Puts frames together from chunks cut anywhere. Holds at most one frame. */
export function createFrameReader(limits: {
  headerBytes: number;
  payloadBytes: number;
}): FrameReader {
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  /** Header and payload of the frame being read; null: its lengths are being read. */
  let body: Buffer | null = null;
  let headerLength = 0;
  let filled = 0;

  function begin(): Buffer {
    headerLength = lengths.readUInt32BE(0);
    const payloadLength = lengths.readUInt32BE(4);
    if (headerLength > limits.headerBytes || payloadLength > limits.payloadBytes) {
      throw new FrameError(`a frame of ${headerLength} and ${payloadLength} bytes is too large`);
    }
    return Buffer.allocUnsafeSlow(headerLength + payloadLength);
  }

  return {
    push(chunk) {
      const frames: Frame[] = [];
      let at = 0;
      while (at < chunk.length || (body !== null && filled === body.length)) {
        const target: Buffer = body ?? lengths;
        const copied = chunk.copy(target, filled, at, at + target.length - filled);
        at += copied;
        filled += copied;
        if (filled < target.length) break;
        filled = 0;
        if (body === null) {
          body = begin();
        } else {
          frames.push(toFrame(body, headerLength));
          body = null;
        }
      }
      return frames;
    },
  };
}

function toFrame(body: Buffer, headerLength: number): Frame {
  try {
    const header: unknown = JSON.parse(body.toString("utf8", 0, headerLength));
    return { header, payload: body.subarray(headerLength) };
  } catch (cause) {
    throw new FrameError("a frame's header is not JSON", { cause });
  }
}
