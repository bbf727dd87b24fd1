import { GroundwireError } from "../protocol/errors.ts";
import { isObject } from "../protocol/validation.ts";
import type { FamilyTraits } from "./families.ts";

/** Which of the two limits the service names at fault when both are given. UNVERIFIED: null was seen as well. */
const PARAM_OF_BOTH_LIMITS = "max_tokens";

/**
 * Refuses, in strict mode, what the service refused of a family, in its words.
 * @throws GroundwireError `unsupported_parameter`, `unsupported_value`, `invalid_request`
 */
export function refuseUnsupported(body: Record<string, unknown>, family: FamilyTraits): void {
  refuseLimits(body, family);
  for (const name of family.refused) refuseParameter(name, body[name], family);
  if (family.isReasoning && family.efforts.length === 0 && isGiven(body["reasoning_effort"])) {
    throw new GroundwireError("unknown_parameter", "Unknown parameter: 'reasoning_effort'.", {
      param: "reasoning_effort",
    });
  }
  if (Array.isArray(body["messages"])) refuseMessages(body["messages"], family);
}

function refuseLimits(body: Record<string, unknown>, family: FamilyTraits): void {
  if (!isGiven(body["max_tokens"])) return;
  if (isGiven(body["max_completion_tokens"])) {
    throw new GroundwireError(
      "invalid_parameter_combination",
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      { param: PARAM_OF_BOTH_LIMITS },
    );
  }
  if (family.outputLimits.includes("max_tokens")) return;
  throw new GroundwireError(
    "unsupported_parameter",
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    { param: "max_tokens" },
  );
}

function refuseParameter(name: string, value: unknown, family: FamilyTraits): void {
  if (!isGiven(value)) return;
  if (!family.takenAtOne.includes(name)) {
    throw new GroundwireError(
      "unsupported_parameter",
      `Unsupported parameter: '${name}' is not supported with this model.`,
      { param: name },
    );
  }
  if (value === 1) return;
  throw new GroundwireError(
    "unsupported_value",
    `Unsupported value: '${name}' does not support ${JSON.stringify(value).slice(0, 100)} with this model. Only the default (1) value is supported.`,
    { param: name },
  );
}

function refuseMessages(messages: unknown[], family: FamilyTraits): void {
  const asked = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) continue;
    const { role, tool_calls: calls } = message;
    if (Array.isArray(calls)) for (const call of calls) if (isObject(call)) asked.add(call["id"]);
    if (role === "tool" && !asked.has(message["tool_call_id"])) {
      throw new GroundwireError(
        "invalid_request",
        // The service's own spelling.
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        { param: `messages.[${index}].role` },
      );
    }
    const isUnknown =
      (role === "system" || role === "developer") && !family.instructionRoles.includes(role);
    if (isUnknown) {
      throw new GroundwireError(
        "unsupported_value",
        `Unsupported value: 'messages[${index}].role' does not support '${role}' with this model.`,
        { param: `messages[${index}].role` },
      );
    }
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
