import type { AnswerEvent, FinishReason } from "../../../protocol/events.ts";
import { type ResponseBody, toResponseUsage } from "../../../protocol/responses/response.ts";
import { createItemStream, type StreamEvent } from "./item-stream.ts";
import { createOutputWriter, type OutputOptions } from "./output-writer.ts";

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
 * Builds a response out of the events of an answer.
 * @param response As `newResponse` makes it; filled in place.
 */
export function createResponseBuilder(
  response: ResponseBody,
  options: OutputOptions,
): ResponseBuilder {
  const output = createOutputWriter(createItemStream(response), options);
  let reason: FinishReason = "stop";

  function push(event: AnswerEvent): StreamEvent[] {
    switch (event.type) {
      case "search-queries":
        return output.search(event.queries);
      case "citations":
        return output.found(event);
      case "step-start":
        return output.beginStep(event.step);
      case "step-end":
        return output.endStep(event.step);
      case "text-delta":
        return output.say(event.text);
      case "reasoning-delta":
        return output.think(event.text);
      case "tool-call-start":
        return output.call(event);
      case "tool-call-delta":
        return output.argue(event);
      case "usage":
        response.usage = toResponseUsage(event.usage);
        return [];
      case "finish":
        ({ reason } = event);
        response.model = event.model;
        return [];
      case "summary":
        // Of conversations that other dialects keep.
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
    const closed = output.end(status);
    response.status = status;
    if (incomplete === undefined) response.completed_at = now;
    else response.incomplete_details = { reason: incomplete };
    return closed;
  }

  return { push, finish };
}
