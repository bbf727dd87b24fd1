import type { ChatModel } from "../models/model.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import type { Citable } from "./citable.ts";
import { createCitationGate } from "./cite.ts";
import { holdBack, isHeldBack } from "./hold-back.ts";
import type { Prompt } from "./prompt/prompt.ts";
import type { Run } from "./run.ts";
import { converse } from "./tools/converse.ts";
import { createLinkGate } from "./tools/link-gate.ts";
import { openToolbox } from "./tools/toolbox.ts";
import type { TextGate } from "./tools/turn.ts";

export interface Writing {
  model: ChatModel;
  prompt: Prompt;
  /** What was asked. */
  question: string;
  /** Null when nothing was searched. */
  citable: Citable | null;
}

/** The model's answer, with valid markers only; in scope the refusal, when the passages do not support it. */
export async function* generate(run: Run, writing: Writing): AsyncGenerator<AnswerEvent> {
  const { model, prompt, question } = writing;
  const citable = writing.citable ?? { given: [], ranked: [] };
  const gate = createCitationGate(() => citable.given.length);
  await using toolbox = await openToolbox(run, citable);
  try {
    const { messages } = prompt;
    const makesFiles = toolbox.nameOf("code_interpreter") !== undefined;
    const shown = makesFiles
      ? inTurn(
          gate,
          createLinkGate(() => run.produced),
        )
      : gate;
    const written = converse(run, { model, messages, toolbox, gate: shown });
    yield* writing.citable && isHeldBack(run)
      ? holdBack(written, run, { question, citable, gate, model: model.id })
      : written;
  } finally {
    run.trace.dropped_markers += gate.dropped();
  }
}

/** One gate behind the other. */
function inTurn(first: TextGate, second: TextGate): TextGate {
  return {
    push: (text) => second.push(first.push(text)),
    end: () => second.push(first.end()) + second.end(),
  };
}
