import type { ChatModel, ModelEvent } from "../models/model.ts";
import type { AnswerEvent } from "../protocol/events.ts";
import type { TracedCall } from "../protocol/trace.ts";
import { type CitationGate, createCitationGate } from "./cite.ts";
import { holdBack, isHeldBack } from "./hold-back.ts";
import type { Prompt } from "./prompt/prompt.ts";
import type { Question } from "./question.ts";
import type { RankedCandidate } from "./rank.ts";
import type { Run } from "./run.ts";
import { tenths } from "./trace.ts";

/** Fields of the request that are ours, or that belong to how the answer is sent. */
const OURS = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "data_sources",
  "tools",
  "tool_resources",
  "truncation_strategy",
  "n",
  "user_security_context",
]);

export interface Writing {
  model: ChatModel;
  prompt: Prompt;
  /** What was asked. */
  question: string;
  /** Everything retrieved; absent when nothing was searched. */
  ranked: RankedCandidate[] | undefined;
}

/** The model's answer, with valid markers only; in scope the refusal, when the passages do not support it. */
export async function* generate(run: Run, writing: Writing): AsyncGenerator<AnswerEvent> {
  const { model, prompt, question, ranked } = writing;
  const { passages } = prompt;
  const gate = createCitationGate(passages.length);
  const written = writtenBy(run, writing, gate);
  yield* ranked && isHeldBack(run)
    ? holdBack(written, run, { question, passages, ranked, gate, model: model.id })
    : written;
}

async function* writtenBy(
  { question, signal, trace }: Run,
  { model, prompt }: Writing,
  gate: CitationGate,
): AsyncGenerator<AnswerEvent> {
  const started = performance.now();
  let first = true;
  const request = { messages: prompt.messages, parameters: parametersOf(question) };
  const call: TracedCall = {
    purpose: "answer",
    deployment: model.id,
    milliseconds: 0,
    usage: null,
  };
  trace.calls.push(call);
  try {
    for await (const event of model.generate(request, signal)) {
      if (first) question.onStage?.("model", performance.now() - started);
      first = false;
      if (event.type === "usage") call.usage = event.usage;
      yield* gated(event, gate);
    }
  } finally {
    call.milliseconds = tenths(performance.now() - started);
    trace.dropped_markers += gate.dropped();
  }
}

function* gated(event: ModelEvent, gate: CitationGate): Generator<AnswerEvent> {
  if (event.type === "text-delta") {
    const text = gate.push(event.text);
    if (text !== "") yield { type: "text-delta", text };
    return;
  }
  if (event.type === "finish" || event.type === "tool-call-start") {
    const text = gate.end();
    if (text !== "") yield { type: "text-delta", text };
  }
  yield event;
}

function parametersOf({ chat }: Question): Record<string, unknown> {
  const functions = (chat.tools ?? []).filter((tool) => tool.type === "function");
  const own = Object.fromEntries(Object.entries(chat).filter(([name]) => !OURS.has(name)));
  if (functions.length > 0) return { ...own, tools: functions };
  const { tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = own;
  return rest;
}
