import { GroundwireError } from "./errors.ts";

/**
 * Server-sent events, both ways (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * Uses web standards only, so that the server, the command line and the browser share it.
 */
export interface SseEvent {
  /** Value of the `event:` field; null when there was none. */
  event: string | null;
  data: string;
}

/** The data of the event that ends a stream of chat chunks. */
export const DONE = "[DONE]";

/** One event. Clients slice `line[6:]`, so exactly one space follows `data:`. */
export function encodeEvent(data: string, event?: string): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  const lines = data.includes("\n") ? data.replaceAll("\n", "\ndata: ") : data;
  return `${name}data: ${lines}\n\n`;
}

/** A line that clients ignore; keeps idle connections open. */
export function encodeComment(text: string): string {
  return `: ${text}\n\n`;
}

export interface SseDecoder {
  /** Events completed by these bytes. Bytes may be cut anywhere, also inside a character. */
  push(bytes: Uint8Array): SseEvent[];
  /** The event that the end of the stream left without its closing blank line, if any. */
  end(): SseEvent[];
}

/** @param maxEventLength Longest event in UTF-16 code units, 16 Mi by default; a longer one throws `upstream_refused`. */
export function createSseDecoder(maxEventLength = 16 * 1024 * 1024): SseDecoder {
  const decoder = new TextDecoder();
  let partialLine = "";
  let afterCarriageReturn = false;
  let event: string | null = null;
  let data: string[] = [];
  let dataLength = 0;

  function takeLine(line: string, events: SseEvent[]): void {
    if (line === "") {
      if (data.length > 0) events.push({ event, data: data.join("\n") });
      event = null;
      data = [];
      dataLength = 0;
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const afterColon = colon === -1 ? "" : line.slice(colon + 1);
    const value = afterColon.startsWith(" ") ? afterColon.slice(1) : afterColon;
    if (field === "event") event = value;
    if (field !== "data") return;
    data.push(value);
    dataLength += value.length;
    refuseLonger(dataLength);
  }

  function refuseLonger(length: number): void {
    if (length <= maxEventLength) return;
    throw new GroundwireError(
      "upstream_refused",
      `The stream carries an event of more than ${maxEventLength} characters.`,
    );
  }

  function takeText(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    // A carriage return may end one piece and its line feed begin the next: together they are one line end.
    let start = afterCarriageReturn && text.startsWith("\n") ? 1 : 0;
    if (text.length > 0) afterCarriageReturn = text.endsWith("\r");
    const lineEnd = /\r\n|\r|\n/g;
    lineEnd.lastIndex = start;
    for (let match = lineEnd.exec(text); match !== null; match = lineEnd.exec(text)) {
      takeLine(partialLine + text.slice(start, match.index), events);
      partialLine = "";
      start = lineEnd.lastIndex;
    }
    partialLine += text.slice(start);
    refuseLonger(partialLine.length);
    return events;
  }

  return {
    push: (bytes) => takeText(decoder.decode(bytes, { stream: true })),
    end: () => [...takeText(decoder.decode()), ...takeText("\n\n")],
  };
}
