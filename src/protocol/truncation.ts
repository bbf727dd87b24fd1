import { z } from "zod";
import { withoutNulls } from "./validation.ts";

/** How much of a long conversation is kept (a run's field in the Assistants API, taken beside a chat's). */
export const truncationStrategySchema = z.preprocess(
  withoutNulls,
  z.discriminatedUnion(
    "type",
    [
      z.looseObject({ type: z.literal("auto") }),
      z.looseObject({ type: z.literal("last_messages"), last_messages: z.int().min(1) }),
    ],
    { error: "Supported values of 'type' are: 'auto' and 'last_messages'" },
  ),
);

export type TruncationStrategy = z.output<typeof truncationStrategySchema>;

/**
 * Keeps instructions, and of the other messages the last ones; never begins with a tool result whose call is cut off.
 * `auto` keeps all: what does not fit the model's window is left out where the prompt is made.
 */
export function truncate<Message extends { role?: unknown }>(
  messages: Message[],
  strategy: TruncationStrategy | undefined,
): Message[] {
  if (strategy?.type !== "last_messages") return messages;
  const others = messages.filter((message) => !isInstruction(message));
  let start = Math.max(0, others.length - strategy.last_messages);
  while (start > 0 && others[start]?.role === "tool") start--;
  const kept = new Set(others.slice(start));
  return messages.filter((message) => isInstruction(message) || kept.has(message));
}

export function isInstruction({ role }: { role?: unknown }): boolean {
  return role === "system" || role === "developer";
}
