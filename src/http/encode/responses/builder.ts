import type { AnswerEvent, Citation, FinishReason } from "../../../protocol/events.ts";
import {
  type ItemStatus,
  type ResponseBody,
  toResponseUsage,
} from "../../../protocol/responses/response.ts";
import { toResults } from "./citations.ts";
import { createItemStream, type StreamEvent } from "./item-stream.ts";
import {
  openCall,
  type OpenCall,
  openMessage,
  type OpenMessage,
  openReasoning,
  type OpenReasoning,
  openSearch,
  type OpenSearch,
} from "./open-items.ts";

export interface ResponseBuilder {
  /** Events that tell what the next event of the answer adds. @throws the error an `error` event carries. */
  push(event: AnswerEvent): StreamEvent[];
  /** Closes what is open: the response is as complete as it will be. `now`: Unix seconds. */
  finish(now: number): StreamEvent[];
}

const INCOMPLETE: Partial<Record<FinishReason, "max_output_tokens" | "content_filter">> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};

/**
 * Builds a response out of the events of an answer, item by item.
 * @param response As `newResponse` makes it; filled in place.
 */
export function createResponseBuilder(
  response: ResponseBody,
  { includeResults }: { includeResults: boolean },
): ResponseBuilder {
  const stream = createItemStream(response);
  const calls = new Map<number, OpenCall>();
  let citations: Citation[] = [];
  let reason: FinishReason = "stop";
  // Searching, thinking and speaking follow each other; calls stay open beside each other.
  let current: OpenSearch | OpenMessage | OpenReasoning | null = null;

  function close(status: ItemStatus = "completed"): StreamEvent[] {
    const ended = current?.end(status) ?? [];
    current = null;
    return ended;
  }

  function search(queries: string[]): StreamEvent[] {
    const closed = close();
    current = openSearch(stream, queries);
    return [...closed, ...current.opened];
  }

  function say(piece: string): StreamEvent[] {
    if (current?.kind === "message") return current.say(piece, citations);
    const closed = close();
    current = openMessage(stream);
    return [...closed, ...current.opened, ...current.say(piece, citations)];
  }

  function think(piece: string): StreamEvent[] {
    if (current?.kind === "reasoning") return current.think(piece);
    const closed = close();
    current = openReasoning(stream);
    return [...closed, ...current.opened, ...current.think(piece)];
  }

  function push(event: AnswerEvent): StreamEvent[] {
    switch (event.type) {
      case "search-queries":
        return search(event.queries);
      case "citations":
        citations = event.citations;
        if (current?.kind !== "search") return [];
        if (includeResults) current.found(toResults(event.retrieved));
        return close();
      case "text-delta":
        return say(event.text);
      case "reasoning-delta":
        return think(event.text);
      case "tool-call-start": {
        const closed = close();
        const call = openCall(stream, event);
        calls.set(event.index, call);
        return [...closed, ...call.opened];
      }
      case "tool-call-delta":
        return calls.get(event.index)?.argue(event.argumentsText) ?? [];
      case "usage":
        response.usage = toResponseUsage(event.usage);
        return [];
      case "finish":
        ({ reason } = event);
        response.model = event.model;
        return [];
      case "sentences":
        // Their places are those in a text with markers, which this dialect has not.
        return [];
      case "trace":
        response.x_groundwire = { trace: event.trace };
        return [];
      case "error":
        throw event.error;
    }
  }

  function finish(now: number): StreamEvent[] {
    const incomplete = INCOMPLETE[reason];
    const status = incomplete === undefined ? "completed" : "incomplete";
    const closed = [...close(status), ...[...calls.values()].flatMap((call) => call.end(status))];
    response.status = status;
    if (incomplete === undefined) response.completed_at = now;
    else response.incomplete_details = { reason: incomplete };
    return closed;
  }

  return { push, finish };
}
