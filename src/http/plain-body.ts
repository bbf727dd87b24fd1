import { z } from "zod";
import { withoutCitationMessages, withoutReplayedKeys } from "../protocol/history.ts";
import { isObject, parseRequest } from "../protocol/validation.ts";
import { truncate, truncationStrategySchema } from "../protocol/truncation.ts";

const ownFields = z.object({ truncation_strategy: truncationStrategySchema });
/** Fields that only mean something beside hosted tools or data sources, which this request has none of. */
const IDLE = ["tool_resources", "data_sources", "dataSources"];

/**
 * A chat request as a model knows it: our own fields are heeded and left out, and what On Your Data put into the history.
 * The body itself when it has none of them.
 * @throws GroundwireError `invalid_request`
 */
export function toPlainBody(
  body: Record<string, unknown>,
  warnings: string[],
): Record<string, unknown> {
  const { truncation_strategy: strategy, ...rest } = body;
  const idle = IDLE.filter((name) => rest[name] !== undefined);
  const messages = plainMessages(body, strategy);
  if (strategy === undefined && idle.length === 0 && messages === body["messages"]) return body;
  for (const name of idle) {
    if (isObject(rest[name])) warnings.push(`'${name}' ignored: no tool of the request uses it`);
    delete rest[name];
  }
  return { ...rest, messages };
}

function plainMessages({ messages }: Record<string, unknown>, strategy: unknown): unknown {
  if (!isMessages(messages)) return messages;
  const own = withoutCitationMessages(messages).map(withoutReplayedKeys);
  const isSame = own.length === messages.length && own.every((one, at) => one === messages[at]);
  const kept = isSame ? messages : own;
  if (strategy === undefined || strategy === null) return kept;
  const { truncation_strategy: parsed } = parseRequest(ownFields, {
    truncation_strategy: strategy,
  });
  return truncate(kept, parsed);
}

function isMessages(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject);
}
