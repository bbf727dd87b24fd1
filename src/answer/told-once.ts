import type { AnswerEvent } from "../protocol/events.ts";
import { hostedToolsOf } from "../protocol/hosted-tools.ts";
import type { Run } from "./run.ts";

/** So much text is no remark ahead of a search any more, in characters. */
const REMARK = 300;

/** Whether the model may find more passages after it has begun to speak. */
export function mayFindMore({ question: { chat, deployment, sources } }: Run): boolean {
  const isCallable = deployment.kind === "upstream" && deployment.model.family.takesTools;
  return isCallable && sources.length > 0 && hostedToolsOf(chat).has("file_search");
}

/**
 * For callers who are told of citations once, ahead of the text: holds the beginning of an answer back until it is seen to be one,
 * and not a remark ahead of another search. From then on no more passages can be named.
 */
export async function* toldOnce(
  events: AsyncGenerator<AnswerEvent>,
  { citing }: Run,
): AsyncGenerator<AnswerEvent> {
  let citations: AnswerEvent | null = null;
  let held: AnswerEvent[] = [];
  let length = 0;

  function* release(): Generator<AnswerEvent> {
    citing.isSettled = true;
    if (citations !== null) yield citations;
    yield* held;
    held = [];
  }

  for await (const event of events) {
    if (citing.isSettled) {
      if (event.type !== "citations") yield event;
    } else if (event.type === "citations") {
      citations = event;
    } else if (event.type === "text-delta" || event.type === "reasoning-delta") {
      held.push(event);
      if (event.type === "text-delta") length += event.text.length;
      if (length > REMARK) yield* release();
    } else {
      if (ENDS.has(event.type)) yield* release();
      yield event;
    }
  }
}

/** After these, or with them, no search follows. */
const ENDS = new Set<AnswerEvent["type"]>(["tool-call-start", "usage", "finish"]);
