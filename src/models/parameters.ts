import { isInstruction } from "../protocol/truncation.ts";
import { isObject } from "../protocol/validation.ts";
import { EFFORTS, type FamilyTraits, type OutputLimit } from "./families.ts";
import { withToolCalls } from "./tool-messages.ts";

export interface MappedParameters {
  body: Record<string, unknown>;
  /** False: `body` is the one that came in, and its bytes may be sent as they are. */
  changed: boolean;
  /** What was changed, for `x-groundwire-warnings`. */
  warnings: string[];
}

/**
 * Brings the body of a chat request into the form a family of models takes, changing as little as possible. `stream`
 * stays as the caller wants it, whatever the model can.
 */
export function mapParameters(
  body: Record<string, unknown>,
  family: FamilyTraits,
): MappedParameters {
  const mapped = { ...body };
  const warnings: string[] = [];
  const mapping = { family, warnings };
  mapLimits(mapped, mapping);
  mapEffort(mapped, mapping);
  dropRefused(mapped, mapping);
  dropBesideMinimalEffort(mapped, mapping);
  mapMessages(mapped, mapping);
  return warnings.length === 0
    ? { body, changed: false, warnings }
    : { body: mapped, changed: true, warnings };
}

interface Mapping {
  family: FamilyTraits;
  warnings: string[];
}

/** Models refuse both limits at once, and some know only one name for it. */
function mapLimits(body: Record<string, unknown>, { family, warnings }: Mapping): void {
  const names: OutputLimit[] = ["max_completion_tokens", "max_tokens"];
  const given = names.filter((name) => typeof body[name] === "number");
  const [first, second] = given;
  const [best = "max_tokens"] = family.outputLimits;
  if (first === undefined) return;
  if (second !== undefined) {
    const { max_tokens: old, max_completion_tokens: current } = body;
    for (const name of names) delete body[name];
    // A reasoning model's own limit counts its thinking too; the other one was meant for text.
    body[best] = family.isReasoning ? current : Math.min(Number(old), Number(current));
    warnings.push(
      family.isReasoning
        ? "'max_tokens' ignored: 'max_completion_tokens' is given"
        : "'max_tokens' and 'max_completion_tokens' are both given: the smaller one is used",
    );
  } else if (!family.outputLimits.includes(first)) {
    body[best] = body[first];
    delete body[first];
    warnings.push(`'${first}' read as '${best}'`);
  }
}

/** The nearest effort the model knows, rather less than more. */
function mapEffort(body: Record<string, unknown>, { family, warnings }: Mapping): void {
  const effort = body["reasoning_effort"];
  if (effort === undefined) return;
  if (family.efforts.length === 0) {
    delete body["reasoning_effort"];
    if (effort !== null) warnings.push("'reasoning_effort' ignored: not taken by this model");
    return;
  }
  if (typeof effort !== "string" || family.efforts.includes(effort)) return;
  const wanted = EFFORTS.indexOf(effort);
  if (wanted === -1) return;
  const nearest = family.efforts.findLast((known) => EFFORTS.indexOf(known) < wanted);
  const taken = nearest ?? family.efforts[0];
  body["reasoning_effort"] = taken;
  warnings.push(`'reasoning_effort' '${effort}' read as '${String(taken)}'`);
}

function dropRefused(body: Record<string, unknown>, { family, warnings }: Mapping): void {
  const tools = family.takesTools ? [] : ["tools", "tool_choice", "functions", "function_call"];
  for (const name of [...family.refused, ...tools]) {
    const value = body[name];
    if (value === undefined || (value === 1 && family.takenAtOne.includes(name))) continue;
    delete body[name];
    const reason = family.isReasoning ? "not taken by reasoning models" : "not taken by this model";
    if (value !== null) warnings.push(`'${name}' ignored: ${reason}`);
  }
}

/** The one parameter that models refuse at the least effort only. */
function dropBesideMinimalEffort(
  body: Record<string, unknown>,
  { family, warnings }: Mapping,
): void {
  const isRefused = family.isReasoning && body["reasoning_effort"] === "minimal";
  if (!isRefused || body["parallel_tool_calls"] === undefined) return;
  delete body["parallel_tool_calls"];
  warnings.push("'parallel_tool_calls' ignored: not taken with 'reasoning_effort' 'minimal'");
}

/** Instructions under a role the model knows; orphan tool results get the call they answer. */
function mapMessages(body: Record<string, unknown>, { family, warnings }: Mapping): void {
  if (!Array.isArray(body["messages"])) return;
  const messages: unknown[] = body["messages"];
  const known: readonly unknown[] = family.instructionRoles;
  const role = family.instructionRoles[0] ?? "user";
  const renamed = messages.map((message) => {
    if (!isObject(message) || !isInstruction(message)) return message;
    if (known.includes(message["role"])) return message;
    warnings.push(`role '${String(message["role"])}' sent as '${role}'`);
    return { ...message, role };
  });
  body["messages"] = withToolCalls(renamed, warnings);
}
