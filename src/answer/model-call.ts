import type { ChatModel, ModelRequest } from "../models/model.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { Usage } from "../protocol/events.ts";
import type { TracedCall } from "../protocol/trace.ts";
import { withDeadline } from "../util/deadline.ts";
import type { Run } from "./run.ts";
import { tenths } from "./trace.ts";

export interface ModelCall {
  purpose: TracedCall["purpose"];
  model: ChatModel;
  /** Longest wait for the whole answer. */
  seconds: number;
  instructions: string;
  input: string;
  /** Longest answer, hidden thinking included. */
  outputTokens: number;
}

/**
 * What a model answers to a task of ours, whole, with as little thinking as it can do with. Its usage counts with the answer's.
 * Rejects with what went wrong, or `upstream_timeout`.
 */
export async function collectText(run: Run, call: ModelCall): Promise<string> {
  const { seconds } = call;
  const late = (): GroundwireError =>
    new GroundwireError(
      "upstream_timeout",
      `The model has not answered within ${seconds} seconds.`,
    );
  const traced: TracedCall = {
    purpose: call.purpose,
    deployment: call.model.id,
    milliseconds: 0,
    usage: null,
  };
  run.trace.calls.push(traced);
  const started = performance.now();
  try {
    return await withDeadline({ seconds, signal: run.signal, late }, async (signal) => {
      let text = "";
      for await (const event of call.model.generate(requestOf(call, run), signal)) {
        if (event.type === "text-delta") text += event.text;
        if (event.type === "usage") traced.usage = event.usage;
      }
      return text;
    });
  } finally {
    traced.milliseconds = tenths(performance.now() - started);
  }
}

function requestOf(
  { model, instructions, input, outputTokens }: ModelCall,
  run: Run,
): ModelRequest {
  const { user } = run.question.chat;
  return {
    messages: [
      { role: model.family.instructionRoles[0] ?? "user", content: instructions },
      { role: "user", content: input },
    ],
    parameters: {
      [model.family.outputLimits[0] ?? "max_tokens"]: outputTokens,
      temperature: 0,
      reasoning_effort: "minimal",
      ...(user === undefined ? {} : { user }),
    },
  };
}

/** The usage of an answer and of everything that was asked of models on the way to it. */
export function withCalls(answer: Usage, calls: TracedCall[]): Usage {
  return calls
    .filter(({ purpose }) => purpose !== "answer")
    .reduce((total, { usage }) => (usage ? sum(total, usage) : total), answer);
}

function sum(left: Usage, right: Usage): Usage {
  const total: Usage = {
    ...left,
    prompt_tokens: left.prompt_tokens + right.prompt_tokens,
    completion_tokens: left.completion_tokens + right.completion_tokens,
    total_tokens: left.total_tokens + right.total_tokens,
  };
  for (const details of ["completion_tokens_details", "prompt_tokens_details"] as const) {
    const [mine, other] = [left[details], right[details]];
    if (mine || other) total[details] = sumDetails(mine ?? {}, other ?? {});
  }
  return total;
}

type Details = Record<string, number | null>;

function sumDetails(left: Details, right: Details): Details {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const counts = [left[name], right[name]].filter((count) => typeof count === "number");
      return [name, counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0)];
    }),
  );
}
