import type { ModelEvent } from "../../models/model.ts";
import type { AnswerEvent, Usage } from "../../protocol/events.ts";

/** What passes the text of a model on, piece by piece, in a form that may be shown. */
export interface TextGate {
  push(text: string): string;
  end(): string;
}

export interface HostedCall {
  id: string;
  name: string;
  argumentsText: string;
}

/** What a model said and asked for in one go. */
export interface Turn {
  /** As it was shown. */
  text: string;
  /** Calls of hosted tools, in order. */
  hosted: HostedCall[];
  /** It called functions of the caller, too: their results must come first. */
  callsFunctions: boolean;
  usage: Usage | null;
  finish: Extract<ModelEvent, { type: "finish" }> | null;
}

export interface TurnReading {
  isHosted: (name: string) => boolean;
  gate: TextGate;
  /** Stands before the first word: what parts it from what was said before. */
  separator: string;
  /** What is to stand behind the answer's last words: those of a turn without calls, and those ahead of a call of a function. */
  ending: (text: string) => string;
}

/** Hands on what the caller sees of a turn, and answers the rest of it. */
export async function* readTurn(
  events: AsyncIterable<ModelEvent>,
  { isHosted, gate, separator, ending }: TurnReading,
): AsyncGenerator<AnswerEvent, Turn> {
  const turn: Turn = { text: "", hosted: [], callsFunctions: false, usage: null, finish: null };
  const calls = new Map<number, HostedCall>();
  const functions = new Map<number, number>();

  function* show(text: string): Generator<AnswerEvent> {
    if (text === "") return;
    yield { type: "text-delta", text: turn.text === "" ? separator + text : text };
    turn.text += text;
  }

  for await (const event of events) {
    switch (event.type) {
      case "text-delta":
        yield* show(gate.push(event.text));
        break;
      case "reasoning-delta":
        yield event;
        break;
      case "tool-call-start": {
        yield* show(gate.end());
        const { index, id, name } = event;
        if (isHosted(name)) {
          const call = { id, name, argumentsText: "" };
          calls.set(index, call);
          turn.hosted.push(call);
          break;
        }
        if (!turn.callsFunctions) yield* show(ending(turn.text));
        // Numbered anew: the caller sees functions only.
        functions.set(index, functions.size);
        turn.callsFunctions = true;
        yield { ...event, index: functions.size - 1 };
        break;
      }
      case "tool-call-delta": {
        const call = calls.get(event.index);
        const own = functions.get(event.index);
        if (call) call.argumentsText += event.argumentsText;
        else if (own !== undefined) yield { ...event, index: own };
        break;
      }
      case "usage":
        turn.usage = event.usage;
        break;
      case "finish":
        turn.finish = event;
        break;
    }
  }
  yield* show(gate.end());
  if (!turn.callsFunctions && turn.hosted.length === 0) yield* show(ending(turn.text));
  return turn;
}
