import { isObject } from "../protocol/validation.ts";

/** A tool message must follow the assistant message that asked for it; callers who left that out get one made. */
export function withToolCalls(messages: unknown[], warnings: string[]): unknown[] {
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
