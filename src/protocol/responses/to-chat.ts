import type { InputItem, MessageContent } from "./items.ts";
import type { CreateResponse, ResponseTool } from "./request.ts";

/** Keys that both APIs have, with the same meaning. */
const SHARED = [
  "model",
  "stream",
  "temperature",
  "top_p",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "service_tier",
  "data_sources",
  "tool_resources",
];

/**
 * The chat completions request that asks the same. `history`: the items of the responses before this one, references
 * among `request.input` already replaced.
 */
export function toChatBody(
  request: CreateResponse,
  { history, input }: { history: InputItem[]; input: InputItem[] },
): Record<string, unknown> {
  const { instructions, text, reasoning, max_output_tokens: limit } = request;
  const head = instructions === undefined ? [] : [{ role: "system", content: instructions }];
  return {
    ...Object.fromEntries(
      SHARED.flatMap((key) => (request[key] === undefined ? [] : [[key, request[key]]])),
    ),
    messages: [...head, ...toMessages([...history, ...input])],
    ...toolsOf(request),
    ...(limit === undefined ? {} : { max_completion_tokens: limit }),
    ...(text?.format ? { response_format: toResponseFormat(text.format) } : {}),
    ...(text?.verbosity ? { verbosity: text.verbosity } : {}),
    ...(reasoning?.effort ? { reasoning_effort: reasoning.effort } : {}),
    ...(request.truncation === "auto" ? { truncation_strategy: { type: "auto" } } : {}),
  };
}

interface AssistantMessage {
  role: "assistant";
  content: string | null;
  tool_calls?: unknown[];
}

function toMessages(items: InputItem[]): Record<string, unknown>[] {
  const messages: Record<string, unknown>[] = [];
  // The calls of one turn, and what was said before them, are one message in chat completions.
  let turn: AssistantMessage | null = null;
  for (const item of items) {
    if (item.type === "function_call") {
      if (turn === null) {
        turn = { role: "assistant", content: null };
        messages.push(turn as unknown as Record<string, unknown>); // an interface has no index signature
      }
      const { call_id: callId, name, arguments: given } = item;
      const call = { id: callId, type: "function", function: { name, arguments: given } };
      turn.tool_calls = [...(turn.tool_calls ?? []), call];
    } else if (item.type === "message" && item.role === "assistant") {
      turn = { role: "assistant", content: wordsOf(item.content) };
      messages.push(turn as unknown as Record<string, unknown>); // as above
    } else if (item.type === "message") {
      turn = null;
      messages.push({ role: item.role, content: toChatContent(item.content) });
    } else if (item.type === "function_call_output") {
      turn = null;
      messages.push({ role: "tool", tool_call_id: item.call_id, content: wordsOf(item.output) });
    }
  }
  return messages;
}

/** Words alone go as a string, which every model takes. */
function toChatContent(content: MessageContent): unknown {
  if (content.every((part) => part.type !== "input_image")) return wordsOf(content);
  return content.map((part) => {
    if (part.type === "refusal") return { type: "text", text: part.refusal };
    if (part.type !== "input_image") return { type: "text", text: part.text };
    const { image_url: url, detail } = part;
    return { type: "image_url", image_url: { url, ...(detail ? { detail } : {}) } };
  });
}

function wordsOf(content: MessageContent): string {
  return content
    .map((part) => (part.type === "refusal" ? part.refusal : "text" in part ? part.text : ""))
    .filter(Boolean)
    .join("\n");
}

/** `tools`, `tool_choice` and `parallel_tool_calls`. */
function toolsOf(request: CreateResponse): Record<string, unknown> {
  const tools = allowedTools(request);
  if (tools.length === 0) return {};
  return {
    tools: tools.map(toChatTool),
    tool_choice: toChatChoice(request),
    ...(request.parallel_tool_calls ? {} : { parallel_tool_calls: false }),
  };
}

function allowedTools({ tools, tool_choice: choice }: CreateResponse): ResponseTool[] {
  if (typeof choice === "string" || !("tools" in choice)) return tools;
  return tools.filter((tool) =>
    choice.tools.some(
      ({ type, name }) => type === tool.type && (tool.type !== "function" || name === tool.name),
    ),
  );
}

function toChatTool(tool: ResponseTool): unknown {
  switch (tool.type) {
    case "function": {
      const { type, name, description, parameters, strict } = tool;
      const optional = { description, parameters, strict };
      const given = Object.entries(optional).filter(([, value]) => value != null);
      return { type, function: { name, ...Object.fromEntries(given) } };
    }
    case "code_interpreter":
    case "file_search":
      return tool;
  }
}

function toChatChoice({ tool_choice: choice }: CreateResponse): unknown {
  if (typeof choice === "string") return choice;
  if ("mode" in choice) return choice.mode;
  return choice.type === "function"
    ? { type: "function", function: { name: choice.name } }
    : { type: choice.type };
}

function toResponseFormat(
  format: NonNullable<NonNullable<CreateResponse["text"]>["format"]>,
): unknown {
  if (format.type !== "json_schema") return format;
  const { type, ...schema } = format;
  const given = Object.entries(schema).filter(([, value]) => value != null);
  return { type, json_schema: Object.fromEntries(given) };
}
