import type { Settings } from "../config/settings.ts";
import { chatRequestSchema } from "../protocol/chat.ts";
import type { ChatRequest } from "../protocol/chat.ts";
import { parseDataSources } from "../protocol/data-sources/parse.ts";
import type { DataSource } from "../protocol/data-sources/parse.ts";
import { resolveMlIndex } from "../protocol/data-sources/resolve-ml-index.ts";
import { resolveNamed } from "../protocol/data-sources/resolve-named.ts";
import { withoutCitationMessages } from "../protocol/history.ts";
import { gatherSources } from "../protocol/hosted-tools.ts";
import { invalidDataSource, invalidRequest, isObject, problemsOf } from "../protocol/validation.ts";
import { accessFilter, narrowToAccess } from "./document-access.ts";
import type { RequestContext } from "./request-context.ts";

/** `functions` became `tools`, which are called. On Your Data never took `logprobs`. */
const UNANSWERED = [
  "logprobs",
  "top_logprobs",
  "functions",
  "function_call",
  "modalities",
  "audio",
] as const;

const HOSTED_TOOLS = new Set<unknown>(["file_search", "code_interpreter"]);

export interface GroundedRequest {
  chat: ChatRequest;
  sources: DataSource[];
  /** The caller speaks On Your Data and expects its replies; otherwise plain chat completions. */
  isOnYourData: boolean;
}

export interface Reading {
  context: Pick<RequestContext, "principal" | "warnings" | "errorEnvelope">;
  /** What the request may name. */
  configured: Pick<Settings, "sources" | "mlIndexes" | "access">;
  /** Searched when the request names nothing to search. */
  defaults: readonly DataSource[];
}

/** A request with sources, hosted tools or a kept conversation is answered here; any other belongs to the model. */
export function needsAnswering(body: Record<string, unknown>): boolean {
  const { tools } = body;
  const hasHostedTool =
    Array.isArray(tools) &&
    tools.some((tool: unknown) => isObject(tool) && HOSTED_TOOLS.has(tool["type"]));
  const isTurn = (body["conversation_id"] ?? null) !== null;
  return hasHostedTool || hasDataSources(body) || isTurn;
}

/** Reads a chat request that is answered here; its errors are worded as the layer the caller speaks to words them. */
export function readGroundedRequest(
  body: Record<string, unknown>,
  { context, configured, defaults }: Reading,
): GroundedRequest {
  const folded = foldDataSources(body, context.warnings);
  const isOnYourData = hasDataSources(folded);
  if (isOnYourData) context.errorEnvelope = "on_your_data";
  const parsed = chatRequestSchema.safeParse(folded, { reportInput: true });
  if (!parsed.success) {
    const problems = problemsOf(parsed.error);
    throw isOnYourData ? invalidDataSource(problems) : invalidRequest(problems);
  }
  const { sources: parsedSources, warnings } = parseDataSources(parsed.data.data_sources ?? []);
  context.warnings.push(...warnings);
  if ((parsed.data.n ?? 1) > 1) context.warnings.push("'n' ignored: one answer is given");
  const chat = {
    ...withoutUnanswered(parsed.data, context.warnings),
    messages: withoutCitationMessages(parsed.data.messages),
  };
  const asked = gatherSources(chat, parsedSources);
  const caller = {
    definitions: configured.sources,
    mlIndexes: configured.mlIndexes,
    tenant: context.principal.tenant,
  };
  const resolved = (asked.length > 0 ? asked : defaults).map((source, index) =>
    resolveMlIndex(resolveNamed(source, index, caller), index, caller),
  );
  const sources =
    resolved.length === 0
      ? resolved
      : narrowToAccess(resolved, accessFilter(context.principal.access, configured.access));
  return { chat, sources, isOnYourData };
}

/** What a model would answer in a form that answers made here do not have is not asked of it, for it would be lost. */
function withoutUnanswered(chat: ChatRequest, warnings: string[]): ChatRequest {
  const kept = { ...chat };
  for (const name of UNANSWERED) {
    if (kept[name] === undefined) continue;
    if (kept[name] !== false) warnings.push(`'${name}' ignored: answers made here do not have it`);
    delete kept[name];
  }
  return kept;
}

/** Absent, null and empty are the same. Anything else, also what is no list, is meant as data sources. */
export function hasDataSources(body: Record<string, unknown>): boolean {
  return ["data_sources", "dataSources"].some((name) => {
    const value = body[name];
    return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  });
}

function foldDataSources(
  body: Record<string, unknown>,
  warnings: string[],
): Record<string, unknown> {
  const { dataSources, ...rest } = body;
  if (dataSources === undefined || dataSources === null || (rest["data_sources"] ?? null) !== null)
    return body;
  warnings.push("'dataSources' read as 'data_sources'");
  return { ...rest, data_sources: dataSources };
}
