import type { ChatModel } from "../models/model.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import type { Citable } from "./citable.ts";
import { createCitationGate } from "./cite.ts";
import { holdBack, isHeldBack } from "./hold-back.ts";
import type { Prompt } from "./prompt/prompt.ts";
import type { Run } from "./run.ts";
import { converse } from "./tools/converse.ts";
import { converseWithCode } from "./tools/fenced-code.ts";
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
    const interpreter = toolbox.find(toolbox.nameOf("code_interpreter") ?? "");
    const talk = { model, messages: prompt.messages, toolbox };
    const written = interpreter
      ? converseWithCode(run, { ...talk, gate: withLinks(gate, run) }, interpreter)
      : converse(run, { ...talk, gate });
    yield* writing.citable && isHeldBack(run)
      ? holdBack(written, run, { question, citable, gate, model: model.id })
      : written;
  } finally {
    run.trace.dropped_markers += gate.dropped();
  }
}

/** Links to files that code makes are put right behind the markers. */
function withLinks(gate: TextGate, run: Run): TextGate {
  const links = createLinkGate(() => run.produced);
  return {
    push: (text) => links.push(gate.push(text)),
    end: () => links.push(gate.end()) + links.end(),
  };
}
