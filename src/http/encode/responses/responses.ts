import type { AnswerEvent } from "../../../protocol/events.ts";
import type { ResponseBody } from "../../../protocol/responses/response.ts";
import { encodeEvent } from "../../../protocol/sse.ts";
import { parseJson } from "../../../util/parse-json.ts";
import { isObject } from "../../../protocol/validation.ts";
import type { Dialect, StreamEncoder } from "../dialect.ts";
import type { FoldedAnswer } from "../folded-answer.ts";
import { createResponseBuilder } from "./builder.ts";
import type { StreamEvent } from "./item-stream.ts";

export interface ResponsesIdentity {
  /** The response before anything is known of its answer. Each reply makes its own copy. */
  response: ResponseBody;
  /** What was found is given with each search. */
  includeResults: boolean;
  /** Unix seconds of the end of the answer; always the same. */
  completedAt: () => number;
}

/** Replies of the Responses API. Sources of an answer are annotations of its text, which has no markers. */
export function responsesDialect(identity: ResponsesIdentity): Dialect {
  return {
    body: (answer) => completeResponse(eventsOf(answer), identity),
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

/** A folded answer as events again. */
function* eventsOf(answer: FoldedAnswer): Generator<AnswerEvent> {
  const { citations, queries, retrieved, reasoning, text, toolCalls, usage, finish, trace } =
    answer;
  if (citations !== null) {
    yield { type: "search-queries", queries };
    yield { type: "citations", citations, retrieved };
  }
  if (reasoning !== "") yield { type: "reasoning-delta", text: reasoning };
  if (text !== "") yield { type: "text-delta", text };
  for (const [index, { id, function: called }] of toolCalls.entries()) {
    yield { type: "tool-call-start", index, id, name: called.name };
    yield { type: "tool-call-delta", index, argumentsText: called.arguments };
  }
  if (usage !== null) yield { type: "usage", usage };
  if (finish !== null) yield { type: "finish", ...finish };
  if (trace !== null) yield { type: "trace", trace };
}
