import { encodeEvent, DONE } from "../../protocol/sse.ts";
import { toContext } from "./dialect.ts";
import type { Dialect, ReplyIdentity, StreamEncoder } from "./dialect.ts";
import { contentOf, emptyAnswer, foldEvent, foldEvents } from "./folded-answer.ts";
import type { FoldedAnswer } from "./folded-answer.ts";

/** The first version that wrote one message with a context; the one before wrote two messages. */
const FIRST_WITH_CONTEXT = "2023-08-01-preview";
/** `object` of replies before 2024. UNVERIFIED: no whole capture is at hand; clients only hand it on. */
const OBJECT = "extensions.chat.completion";

/**
 * Replies of `/extensions/chat/completions`, the protocol before 2024-02-15: citations and intent are the content of a
 * `tool` message, as JSON text. In 2023-06-01-preview it stands before the assistant's message, streams carry
 * `messages[0].delta` and end with the delta "[DONE]"; later it stands in `context.messages` of the one message.
 */
export function extensionsDialect(identity: ReplyIdentity, apiVersion: string): Dialect {
  const writes = apiVersion < FIRST_WITH_CONTEXT ? twoMessages : messageWithContext;
  return {
    body: (events) => toBody(foldEvents(events), { identity, writes }),
    stream: () => createStream(identity, writes),
    takesComments: writes.done !== "",
  };
}

function toBody(
  answer: FoldedAnswer,
  { identity, writes }: { identity: ReplyIdentity; writes: Writing },
): unknown {
  return {
    ...headOf({ ...identity, model: answer.finish?.model ?? identity.model }, OBJECT),
    choices: [
      {
        index: 0,
        finish_reason: answer.finish?.reason ?? "stop",
        ...writes.body(toolContent(answer, identity), contentOf(answer)),
      },
    ],
    ...(answer.usage === null ? {} : { usage: answer.usage }),
  };
}

/** How one of the two versions writes the parts of an answer. */
interface Writing {
  body(context: string, content: string | null): object;
  context(content: string): object[];
  text(content: string): object;
  end(): object;
  /** What follows the last chunk. */
  done: string;
}

const twoMessages: Writing = {
  body: (context, content) => ({
    messages: [
      { index: 0, role: "tool", content: context, end_turn: false },
      { index: 1, role: "assistant", content, end_turn: true },
    ],
  }),
  context: (content) => [
    { messages: [{ index: 0, delta: { role: "tool", content }, end_turn: false }] },
    { messages: [{ index: 1, delta: { role: "assistant" }, end_turn: false }] },
  ],
  text: (content) => ({ messages: [{ index: 1, delta: { content }, end_turn: false }] }),
  end: () => ({ messages: [{ index: 1, delta: { content: "[DONE]" }, end_turn: true }] }),
  // Clients of this version read every line as JSON.
  done: "",
};

const messageWithContext: Writing = {
  body: (context, content) => ({
    message: { role: "assistant", content, end_turn: true, context: contextOf(context) },
  }),
  // Clients take a delta with a context for the tool's message, and start the assistant's with a role of its own.
  context: (content) => [
    { delta: { context: contextOf(content) }, end_turn: false },
    { delta: { role: "assistant" }, end_turn: false },
  ],
  text: (content) => ({ delta: { content }, end_turn: false }),
  end: () => ({ delta: {}, end_turn: true }),
  done: encodeEvent(DONE),
};

function contextOf(content: string) {
  return { messages: [{ role: "tool", content, end_turn: false }] };
}

function createStream(identity: ReplyIdentity, writes: Writing): StreamEncoder {
  const answer = emptyAnswer();
  let opened = false;

  function chunk(choice: object, finishReason: string | null = null): string {
    return encodeEvent(
      JSON.stringify({
        ...headOf(identity, `${OBJECT}.chunk`),
        choices: [{ index: 0, ...choice, finish_reason: finishReason }],
      }),
    );
  }

  function open(): string {
    if (opened) return "";
    opened = true;
    const parts = writes.context(toolContent(answer, identity));
    return parts.map((part) => chunk(part)).join("");
  }

  return {
    encode(event) {
      foldEvent(answer, event);
      if (event.type === "citations") return open();
      return event.type === "text-delta" ? open() + chunk(writes.text(event.text)) : "";
    },
    end: () => open() + chunk(writes.end(), answer.finish?.reason ?? "stop") + writes.done,
  };
}

function headOf({ id, model, created }: ReplyIdentity, object: string) {
  return { id, model, created, object };
}

/** Citations had two more keys then, which clients of the time read. */
function toolContent(answer: FoldedAnswer, { includeContexts }: ReplyIdentity): string {
  const { citations, ...rest } = toContext(includeContexts, answer) as { citations?: object[] }; // written just there
  const withOldKeys = citations?.map((citation) => ({ ...citation, id: null, metadata: null }));
  return JSON.stringify({ ...(withOldKeys ? { citations: withOldKeys } : {}), ...rest });
}
