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
 * Replies to requests with `data_sources`, as On Your Data wrote them. Clients depend on: `context` in the first
 * chunk only, beside the role and without content; `end_turn` on every choice; string content on every later chunk
 * until the last, empty one.
 */
export function onYourDataDialect(identity: ReplyIdentity): Dialect {
  return {
    body: (events) => toBody(foldEvents(events), identity),
    stream: () => createStream(identity),
    takesComments: true,
  };
}

function toBody(answer: FoldedAnswer, identity: ReplyIdentity): unknown {
  const { id, created, model, includeContexts } = identity;
  return {
    id,
    model: answer.finish?.model ?? model,
    created,
    object: "extensions.chat.completion",
    choices: [
      {
        index: 0,
        finish_reason: answer.finish?.reason ?? "stop",
        message: {
          role: "assistant",
          content: contentOf(answer),
          ...(answer.reasoning === "" ? {} : { reasoning_content: answer.reasoning }),
          end_turn: true,
          context: toContext(includeContexts, answer),
          ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls } : {}),
          ...toWholeExtension(answer, identity),
        },
      },
    ],
    ...(answer.usage === null ? {} : { usage: answer.usage }),
    system_fingerprint: SYSTEM_FINGERPRINT,
  };
}

function createStream({
  id,
  created,
  model,
  includeContexts,
  includeUsage,
  tellsSteps,
}: ReplyIdentity): StreamEncoder {
  const answer = emptyAnswer();
  let opened = false;

  function chunk(choices: unknown[], more: Record<string, unknown> = {}): string {
    const usage = includeUsage ? { usage: null } : {};
    return encodeEvent(
      JSON.stringify({
        id,
        model,
        created,
        object: "extensions.chat.completion.chunk",
        choices,
        ...usage,
        ...more,
      }),
    );
  }

  function open(): string {
    if (opened) return "";
    opened = true;
    const delta = { role: "assistant", context: toContext(includeContexts, answer) };
    return chunk([{ index: 0, delta, end_turn: false, finish_reason: null }]);
  }

  function piece(delta: {
    content: string;
    reasoning_content?: string;
    tool_calls?: unknown[];
    context?: unknown;
    x_groundwire?: unknown;
  }): string {
    const choice = { index: 0, delta, end_turn: false, finish_reason: null };
    return open() + chunk([choice], { system_fingerprint: SYSTEM_FINGERPRINT });
  }

  return {
    encode(event) {
      foldEvent(answer, event);
      switch (event.type) {
        case "citations":
          return opened && tellsSteps
            ? piece({ content: "", context: toContext(includeContexts, answer) })
            : open();
        case "step-start":
        case "step-end":
          return tellsSteps ? piece(toStepDelta(event.step)) : "";
        case "text-delta":
          return piece({ content: event.text });
        case "reasoning-delta":
          return piece({ content: "", reasoning_content: event.text });
        case "tool-call-start": {
          const { index, id: callId, name } = event;
          const call = { index, id: callId, type: "function", function: { name, arguments: "" } };
          return piece({ content: "", tool_calls: [call] });
        }
        case "tool-call-delta": {
          const call = { index: event.index, function: { arguments: event.argumentsText } };
          return piece({ content: "", tool_calls: [call] });
        }
        default:
          return "";
      }
    },
    end() {
      const last = {
        index: 0,
        delta: toExtension(answer),
        end_turn: true,
        finish_reason: answer.finish?.reason ?? "stop",
      };
      const usage = includeUsage ? chunk([], { usage: answer.usage }) : "";
      return open() + chunk([last]) + usage + encodeEvent(DONE);
    },
  };
}
