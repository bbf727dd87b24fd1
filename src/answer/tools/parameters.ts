import type { ChatRequest } from "../../protocol/chat.ts";
import type { Toolbox } from "./toolbox.ts";

/** Fields of the request that are ours, or that belong to how the answer is sent. */
const OURS = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "data_sources",
  "tools",
  "tool_choice",
  "tool_resources",
  "parallel_tool_calls",
  "truncation_strategy",
  "n",
  "user_security_context",
]);

/** Where a model stands on its way to the answer. */
export interface Standing {
  /** It has used hosted tools for this answer. */
  hasUsedTools: boolean;
  /** It may use no more. */
  isLast: boolean;
}

/** What is handed on to the model beside the messages. */
export function parametersFor(
  chat: ChatRequest,
  toolbox: Toolbox,
  standing: Standing,
): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(chat).filter(([name]) => !OURS.has(name)));
  const functions = (chat.tools ?? []).filter(({ type }) => type === "function");
  const hosted = toolbox.definitions.map((definition) => ({
    type: "function",
    function: definition,
  }));
  if (functions.length + hosted.length === 0) return own;
  const { parallel_tool_calls: parallel } = chat;
  const choice = choiceFor(chat, toolbox, standing);
  return {
    ...own,
    // The definitions stay when calls of them stand in the messages: some servers insist.
    tools: [...functions, ...hosted],
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
  };
}

function choiceFor(
  { tool_choice: choice }: ChatRequest,
  toolbox: Toolbox,
  { hasUsedTools, isLast }: Standing,
): unknown {
  if (isLast) return "none";
  if (choice === undefined || choice === "none") return choice;
  // A demand has been met by the first call; to repeat it would never end.
  if (hasUsedTools) return "auto";
  if (typeof choice !== "object") return choice;
  if (choice.type !== "file_search" && choice.type !== "code_interpreter") return choice;
  const name = toolbox.nameOf(choice.type);
  return name === undefined ? "auto" : { type: "function", function: { name } };
}
