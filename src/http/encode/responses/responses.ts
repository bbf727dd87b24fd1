import type { AnswerEvent } from "../../../protocol/events.ts";
import type { ResponseBody } from "../../../protocol/responses/response.ts";
import { encodeEvent } from "../../../protocol/sse.ts";
import { parseJson } from "../../../util/parse-json.ts";
import { isObject } from "../../../protocol/validation.ts";
import type { Dialect, StreamEncoder } from "../dialect.ts";
import { createResponseBuilder } from "./builder.ts";
import type { StreamEvent } from "./item-stream.ts";
import type { OutputOptions } from "./output-writer.ts";

export interface ResponsesIdentity extends OutputOptions {
  /** The response before anything is known of its answer. Each reply makes its own copy. */
  response: ResponseBody;
  /** Unix seconds of the end of the answer; always the same. */
  completedAt: () => number;
}

/** Replies of the Responses API. Sources of an answer are annotations of its text, which has no markers. */
export function responsesDialect(identity: ResponsesIdentity): Dialect {
  return {
    body: (events) => completeResponse(events, identity),
    stream: () => createStream(identity),
    takesComments: true,
  };
}

/** The response these events of a whole answer make. */
export function completeResponse(
  events: Iterable<AnswerEvent>,
  identity: ResponsesIdentity,
): ResponseBody {
  const response = structuredClone(identity.response);
  const builder = createResponseBuilder(response, identity);
  for (const event of events) builder.push(event);
  builder.finish(identity.completedAt());
  return response;
}

function createStream(identity: ResponsesIdentity): StreamEncoder {
  const response = structuredClone(identity.response);
  const builder = createResponseBuilder(response, identity);
  let sequence = 0;

  function write(events: StreamEvent[]): string {
    return events
      .map(({ type, ...more }) =>
        encodeEvent(JSON.stringify({ type, sequence_number: sequence++, ...more }), type),
      )
      .join("");
  }

  function open(): string {
    if (sequence > 0) return "";
    return write([
      { type: "response.created", response },
      { type: "response.in_progress", response },
    ]);
  }

  return {
    encode(event) {
      // In this order: what is told of the beginning must not hold what comes now.
      const head = open();
      return head + write(builder.push(event));
    },
    end() {
      const head = open();
      const closing = builder.finish(identity.completedAt());
      return head + write([...closing, { type: `response.${response.status}`, response }]);
    },
    fail(body) {
      const { code, message, param } = errorIn(body);
      const failed = { ...response, status: "failed", error: { code, message } };
      return write([
        { type: "response.failed", response: failed },
        { type: "error", code, message, param },
      ]);
    },
  };
}

function errorIn(body: string): { code: string; message: string; param: string | null } {
  const parsed = parseJson(body);
  const error = isObject(parsed) && isObject(parsed["error"]) ? parsed["error"] : {};
  const text = (name: string): string | null =>
    typeof error[name] === "string" ? error[name] : null;
  return {
    code: text("code") ?? text("type") ?? "server_error",
    message: text("message") ?? body,
    param: text("param"),
  };
}
