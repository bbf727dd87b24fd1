import { DONE, encodeEvent } from "../../protocol/sse.ts";
import {
  SYSTEM_FINGERPRINT,
  toContext,
  toExtension,
  toStepDelta,
  toWholeExtension,
} from "./dialect.ts";
import type { Dialect, ReplyIdentity, StreamEncoder } from "./dialect.ts";
import { contentOf, emptyAnswer, foldEvent, foldEvents } from "./folded-answer.ts";
import type { FoldedAnswer } from "./folded-answer.ts";

/**
 * Replies to requests without `data_sources`: plain chat completions. When a hosted tool searched, the message
 * has a `context` too, so that its `[docN]` markers resolve.
 */
export function chatCompletionsDialect(identity: ReplyIdentity): Dialect {
  return {
    body: (events) => toBody(foldEvents(events), identity),
    stream: () => createStream(identity),
    takesComments: true,
  };
}

function toBody(answer: FoldedAnswer, identity: ReplyIdentity): unknown {
  return {
    id: identity.id,
    object: "chat.completion",
    created: identity.created,
    model: answer.finish?.model ?? identity.model,
    choices: [
      {
        index: 0,
        finish_reason: answer.finish?.reason ?? "stop",
        logprobs: null,
        message: {
          role: "assistant",
          content: contentOf(answer),
          refusal: null,
          ...(answer.reasoning === "" ? {} : { reasoning_content: answer.reasoning }),
          ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls } : {}),
          ...contextOf(answer, identity),
          ...toWholeExtension(answer, identity),
        },
      },
    ],
    ...(answer.usage === null ? {} : { usage: answer.usage }),
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
}

function contextOf(
  answer: FoldedAnswer,
  { includeContexts }: ReplyIdentity,
): Record<string, unknown> {
  return answer.citations === null ? {} : { context: toContext(includeContexts, answer) };
}

function createStream(identity: ReplyIdentity): StreamEncoder {
  const { id, created, model, includeUsage, tellsSteps } = identity;
  const answer = emptyAnswer();
  let opened = false;

  function chunk(choices: unknown[], usage: unknown = null): string {
    return encodeEvent(
      JSON.stringify({
        id,
        object: "chat.completion.chunk",
        created,
        model,
        choices,
        system_fingerprint: SYSTEM_FINGERPRINT,
        ...(includeUsage ? { usage } : {}),
      }),
    );
  }

  function open(): string {
    if (opened) return "";
    opened = true;
    return chunk([
      {
        index: 0,
        delta: { role: "assistant", content: "", ...contextOf(answer, identity) },
        finish_reason: null,
      },
    ]);
  }

  function piece(delta: Record<string, unknown>): string {
    return open() + chunk([{ index: 0, delta, finish_reason: null }]);
  }

  return {
    encode(event) {
      foldEvent(answer, event);
      switch (event.type) {
        case "citations":
          return opened && tellsSteps
            ? piece({ content: "", ...contextOf(answer, identity) })
            : open();
        case "step-start":
        case "step-end":
          return tellsSteps ? piece(toStepDelta(event.step)) : "";
        case "text-delta":
          return piece({ content: event.text });
        case "reasoning-delta":
          return piece({ reasoning_content: event.text });
        case "tool-call-start": {
          const { index, id: callId, name } = event;
          return piece({
            tool_calls: [
              { index, id: callId, type: "function", function: { name, arguments: "" } },
            ],
          });
        }
        case "tool-call-delta":
          return piece({
            tool_calls: [{ index: event.index, function: { arguments: event.argumentsText } }],
          });
        default:
          return "";
      }
    },
    end() {
      const last = chunk([
        { index: 0, delta: toExtension(answer), finish_reason: answer.finish?.reason ?? "stop" },
      ]);
      const usage = includeUsage ? chunk([], answer.usage) : "";
      return open() + last + usage + encodeEvent(DONE);
    },
  };
}
