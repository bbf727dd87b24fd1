import type { GroundwireError } from "../protocol/errors.ts";
import { isObject } from "../protocol/validation.ts";
import { parseJson } from "../util/parse-json.ts";
import { type FamilyTraits, type OutputLimit, UNKNOWN_REASONING } from "./families.ts";

/** Codes of a model's error that name a parameter it does not take. Source: recorded errors of the service. */
const CODES = new Set<unknown>([
  "unsupported_parameter",
  "unsupported_value",
  "unknown_parameter",
  "invalid_parameter_combination",
]);
/** What older servers say instead of a code. */
const UNRECOGNIZED = /Unrecognized request arguments? supplied: ([\w, ]+)/u;
/** What Ollama and vLLM say of models, and of servers, that do not call tools. */
const NO_TOOLS = /does not support tools|tool choice requires --enable-auto-tool-choice/u;
const LIMITS: readonly string[] = ["max_tokens", "max_completion_tokens"];

/**
 * What a model's refusal tells about it: its traits from now on, or null when it tells nothing that could be mended.
 * @param body The request it refused.
 */
export function learnFrom(
  error: GroundwireError,
  { family, body }: { family: FamilyTraits; body: Record<string, unknown> },
): FamilyTraits | null {
  if (error.upstream?.status !== 400) return null;
  const refused = refusedParameter(error.upstream.body);
  if (refused === null) return null;
  const { name, message } = refused;
  if (isLimit(name)) return withoutLimit(name, family);
  if (name === "stream") return family.streams ? { ...family, streams: false } : null;
  if (name === "reasoning_effort") return withoutEffort(String(body[name]), { family, message });
  if (/^messages\b.*role$/u.test(name)) return withoutRole(message, family);
  if (name === "tools") return family.takesTools ? { ...family, takesTools: false } : null;
  const isDroppable = body[name] !== undefined && name !== "messages" && name !== "model";
  return isDroppable && !family.refused.includes(name)
    ? { ...family, refused: [...family.refused, name] }
    : null;
}

function refusedParameter(text: string): { name: string; message: string } | null {
  const error = errorIn(text);
  if (error === null) return null;
  const message = typeof error["message"] === "string" ? error["message"] : "";
  const unrecognized = UNRECOGNIZED.exec(message)?.[1]?.split(",")[0]?.trim();
  if (unrecognized !== undefined) return { name: unrecognized, message };
  if (NO_TOOLS.test(message)) return { name: "tools", message };
  const { code, param } = error;
  return CODES.has(code) && typeof param === "string" ? { name: param, message } : null;
}

function errorIn(text: string): Record<string, unknown> | null {
  const parsed = parseJson(text);
  return isObject(parsed) && isObject(parsed["error"]) ? parsed["error"] : null;
}

function isLimit(name: string): name is OutputLimit {
  return LIMITS.includes(name);
}

/** Only reasoning models refuse `max_tokens`, and what else they refuse is known. */
function withoutLimit(name: OutputLimit, family: FamilyTraits): FamilyTraits | null {
  const left = family.outputLimits.filter((limit) => limit !== name);
  if (left.length === 0 || left.length === family.outputLimits.length) return null;
  return name === "max_tokens" && !family.isReasoning
    ? UNKNOWN_REASONING
    : { ...family, outputLimits: left };
}

/** A value it does not take leaves the others; a parameter it does not take leaves none. */
function withoutEffort(
  effort: string,
  { family, message }: { family: FamilyTraits; message: string },
): FamilyTraits | null {
  if (family.efforts.length === 0) return null;
  const isValue = /value/iu.test(message);
  const efforts = isValue ? family.efforts.filter((known) => known !== effort) : [];
  return { ...family, efforts: efforts.length < family.efforts.length ? efforts : [] };
}

function withoutRole(message: string, family: FamilyTraits): FamilyTraits | null {
  const roles = family.instructionRoles.filter((role) => !message.includes(`'${role}'`));
  return roles.length < family.instructionRoles.length
    ? { ...family, instructionRoles: roles }
    : null;
}
