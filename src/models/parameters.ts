import { isObject } from "../protocol/validation.ts";
import type { FamilyTraits } from "./families.ts";

/** Sampling parameters no reasoning model takes. */
const SAMPLING = [
  "temperature",
  "top_p",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "top_logprobs",
  "logit_bias",
];

export interface MappedParameters {
  body: Record<string, unknown>;
  /** False: `body` is the one that came in, and its bytes may be sent as they are. */
  changed: boolean;
  /** What was changed, for `x-groundwire-warnings`. */
  warnings: string[];
}

/** Brings the body of a chat request into the form a family of models takes, changing as little as possible. */
export function mapParameters(
  body: Record<string, unknown>,
  family: FamilyTraits,
): MappedParameters {
  const mapped = { ...body };
  const warnings: string[] = [];
  mapLimits(mapped, { family, warnings });
  if (family.isReasoning)
    drop(mapped, { names: SAMPLING, reason: "not taken by reasoning models", warnings });
  if (!family.takesReasoningEffort) {
    drop(mapped, { names: ["reasoning_effort"], reason: "not taken by this model", warnings });
  }
  if (!family.takesParallelToolCalls) {
    drop(mapped, { names: ["parallel_tool_calls"], reason: "not taken by this model", warnings });
  }
  mapMessages(mapped, { family, warnings });
  return warnings.length === 0
    ? { body, changed: false, warnings }
    : { body: mapped, changed: true, warnings };
}

interface Mapping {
  family: FamilyTraits;
  warnings: string[];
}

/** A reasoning model takes `max_completion_tokens` only; any model refuses both at once. */
function mapLimits(body: Record<string, unknown>, { family, warnings }: Mapping): void {
  const { max_tokens: old, max_completion_tokens: current } = body;
  if (typeof old !== "number") return;
  if (family.isReasoning) {
    delete body["max_tokens"];
    body["max_completion_tokens"] = typeof current === "number" ? current : old;
    warnings.push(
      typeof current === "number"
        ? "'max_tokens' ignored: 'max_completion_tokens' is given"
        : "'max_tokens' read as 'max_completion_tokens'",
    );
  } else if (typeof current === "number") {
    delete body["max_completion_tokens"];
    body["max_tokens"] = Math.min(old, current);
    warnings.push(
      "'max_tokens' and 'max_completion_tokens' are both given: the smaller one is used",
    );
  }
}

function drop(
  body: Record<string, unknown>,
  { names, reason, warnings }: { names: string[]; reason: string; warnings: string[] },
): void {
  for (const name of names) {
    if (body[name] === undefined) continue;
    const meant = body[name] !== null;
    delete body[name];
    if (meant) warnings.push(`'${name}' ignored: ${reason}`);
  }
}

/** Instructions under the role the family knows; orphan tool results get the call they answer. */
function mapMessages(body: Record<string, unknown>, { family, warnings }: Mapping): void {
  if (!Array.isArray(body["messages"])) return;
  const messages: unknown[] = body["messages"];
  const renamed = messages.map((message) => {
    if (!isObject(message) || !isInstruction(message["role"])) return message;
    const role = family.instructionRole ?? "user";
    const understood =
      message["role"] === role || (family.isReasoning && family.instructionRole !== null);
    if (understood) return message;
    warnings.push(`role '${String(message["role"])}' sent as '${role}'`);
    return { ...message, role };
  });
  body["messages"] = withToolCalls(renamed, warnings);
}

function isInstruction(role: unknown): boolean {
  return role === "system" || role === "developer";
}

/** A tool message must follow the assistant message that asked for it; callers who left that out get one made. */
function withToolCalls(messages: unknown[], warnings: string[]): unknown[] {
  const known = new Set<unknown>();
  return messages.flatMap((message) => {
    if (!isObject(message)) return [message];
    if (Array.isArray(message["tool_calls"])) {
      for (const call of message["tool_calls"]) if (isObject(call)) known.add(call["id"]);
    }
    const id = message["tool_call_id"];
    if (message["role"] !== "tool" || known.has(id)) return [message];
    known.add(id);
    warnings.push("a tool message without its call was given one");
    const { name, ...result } = message;
    const call = {
      id,
      type: "function",
      function: { name: typeof name === "string" ? name : "tool", arguments: "{}" },
    };
    return [{ role: "assistant", content: null, tool_calls: [call] }, result];
  });
}
