import { apiVersionOf, JSON_SCHEMA, refusalOfGate, TOOL_CHOICE_REQUIRED } from "../api-versions.ts";
import type { Gate } from "../api-versions.ts";
import { GroundwireError } from "../errors.ts";
import { invalidDataSource, isObject } from "../validation.ts";
import { dataSourceProblems, extras } from "./data-sources.ts";

/**
 * Fields the service took beside `data_sources`. Recorded as taken: messages … user_security_context; as refused:
 * `parallel_tool_calls`, `max_completion_tokens`; documented as unusable: `logprobs`, `top_logprobs`.
 * UNVERIFIED: those from `stream_options` on, and that everything else is refused.
 */
const BESIDE_DATA_SOURCES = [
  "data_sources",
  "messages",
  "model",
  "temperature",
  "top_p",
  "max_tokens",
  "stop",
  "stream",
  "user",
  "user_security_context",
  "tools",
  "tool_choice",
  "stream_options",
  "n",
  "seed",
  "response_format",
  "presence_penalty",
  "frequency_penalty",
  "logit_bias",
  "store",
  "metadata",
  "reasoning_effort",
  "functions",
  "function_call",
];

/** Of other APIs, or older than the oldest version served here: no version takes them in a plain chat. */
const NEVER_TAKEN = ["dataSources", "tool_resources", "truncation_strategy"];

/** Tools of the Assistants and Responses APIs, which run here. */
const HOSTED_TOOLS: readonly unknown[] = ["file_search", "code_interpreter"];

/** What the gateway refused by version, whatever the rest of the request was. @throws GroundwireError `version_too_old` */
export function refuseByVersion(
  body: Record<string, unknown>,
  { version, model }: { version: string | null; model: Gate | null },
): void {
  const format = body["response_format"];
  const gates = [
    isObject(format) && format["type"] === "json_schema" ? JSON_SCHEMA : null,
    body["tool_choice"] === "required" ? TOOL_CHOICE_REQUIRED : null,
    model,
  ];
  for (const gate of gates) {
    const refusal = gate === null ? null : refusalOfGate(gate, version);
    if (refusal !== null) throw new GroundwireError("version_too_old", refusal);
  }
}

/** What the validator of On Your Data refused. @throws GroundwireError `data_source_invalid`, a line per problem */
export function refuseExtraInputs(body: Record<string, unknown>, version: string | null): void {
  const problems = [
    ...dataSourceProblems(body["data_sources"], apiVersionOf(version)),
    ...extras(body, { path: [], known: BESIDE_DATA_SOURCES }),
  ];
  if (problems.length > 0) throw invalidDataSource(problems);
}

/** What models refused of a chat without data sources. @throws GroundwireError `invalid_value`, `invalid_request` */
export function refuseForeignFields(body: Record<string, unknown>): void {
  refuseHostedTools(body);
  const [foreign] = NEVER_TAKEN.filter((name) => body[name] !== undefined);
  if (foreign === undefined) return;
  throw new GroundwireError(
    "invalid_request",
    `Unrecognized request argument supplied: ${foreign}`,
  );
}

/** @throws GroundwireError `invalid_value` */
export function refuseHostedTools({ tools }: Record<string, unknown>): void {
  if (!Array.isArray(tools)) return;
  for (const [index, tool] of tools.entries()) {
    if (!isObject(tool) || !HOSTED_TOOLS.includes(tool["type"])) continue;
    throw new GroundwireError(
      "invalid_value",
      `Invalid value: '${String(tool["type"])}'. Supported values are: 'function'.`,
      { param: `tools[${index}].type` },
    );
  }
}

/** Tools won over data sources, unless the request forbade them: the model alone answered, even when it called none. */
export function toolsWin({ tools, tool_choice: choice }: Record<string, unknown>): boolean {
  return Array.isArray(tools) && tools.length > 0 && choice !== "none";
}
