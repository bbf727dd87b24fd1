import { z } from "zod";
import { isObject, withoutNulls } from "../validation.ts";

/**
 * Items of a conversation as the Responses API writes them, on the way in. Unknown keys are dropped; null counts as
 * absent. Protocol: OpenAI's published document, `InputItem`.
 */

const textPart = z.object({
  type: z.enum(["input_text", "output_text", "text"]),
  text: z.string(),
});
const refusalPart = z.object({ type: z.literal("refusal"), refusal: z.string() });
const imagePart = z.object({
  type: z.literal("input_image"),
  image_url: z.string({
    error: "An image needs an 'image_url'; images by 'file_id' are not taken here",
  }),
  detail: z.enum(["auto", "low", "high", "original"]).nullish(),
});

const contentPart = z.discriminatedUnion("type", [textPart, refusalPart, imagePart], {
  error:
    "Supported values of 'type' are: 'input_text', 'output_text', 'refusal' and 'input_image'. Documents are searched: attach them to a vector store and give its id to a file_search tool",
});

/** A string is one part. */
const content = z.preprocess(
  (value) => (typeof value === "string" ? [{ type: "text", text: value }] : value),
  z.array(contentPart),
);

const id = z.string().max(100).optional();

const message = z.object({
  type: z.literal("message"),
  id,
  role: z.enum(["user", "assistant", "system", "developer"]),
  content,
});

const functionCall = z.object({
  type: z.literal("function_call"),
  id,
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
});

const functionCallOutput = z.object({
  type: z.literal("function_call_output"),
  id,
  call_id: z.string().min(1),
  output: content,
});

/** What a model or a hosted tool did on the way to an answer; it is part of the history and says nothing new to a model. */
const trace = z.looseObject({
  type: z.enum(["reasoning", "file_search_call", "code_interpreter_call"]),
  id,
});

const itemReference = z.object({ type: z.literal("item_reference"), id: z.string().max(100) });

export const inputItemSchema = z.preprocess(
  withType,
  z.discriminatedUnion("type", [message, functionCall, functionCallOutput, trace, itemReference], {
    error:
      "Supported values of 'type' are: 'message', 'function_call', 'function_call_output', 'reasoning', 'file_search_call', 'code_interpreter_call' and 'item_reference'",
  }),
);

export type InputItem = z.output<typeof inputItemSchema>;
export type MessageItem = Extract<InputItem, { type: "message" }>;
export type MessageContent = MessageItem["content"];

/** A message may leave its type out, and so may a reference, which has nothing but an id. */
function withType(value: unknown): unknown {
  const item = withoutNulls(value);
  if (!isObject(item) || item["type"] !== undefined) return item;
  return { ...item, type: item["role"] === undefined ? "item_reference" : "message" };
}
