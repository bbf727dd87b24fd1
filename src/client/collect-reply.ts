import type OpenAI from "openai";
import type { TurnEvent } from "./conversation.ts";
import { type Context, contextOf, contextOfChunk } from "./grounding.ts";

/** One answer of a model, as it is kept and sent again. */
export interface Reply {
  message: OpenAI.ChatCompletionAssistantMessageParam;
  context: Context | null;
  finishReason: string;
  usage: OpenAI.CompletionUsage | null;
}

export function toReply({ choices, usage }: OpenAI.ChatCompletion): Reply {
  const [choice] = choices;
  if (choice === undefined) throw new Error("The server sent an answer without a choice.");
  const { content, tool_calls: calls } = choice.message;
  return {
    message: assistant(content, calls ?? []),
    context: contextOf(choice.message),
    finishReason: choice.finish_reason,
    usage: usage ?? null,
  };
}

/** Puts a stream together while handing on what is new. */
export async function* collectStream(
  chunks: AsyncIterable<OpenAI.ChatCompletionChunk>,
): AsyncGenerator<TurnEvent, Reply> {
  const calls: OpenAI.ChatCompletionMessageFunctionToolCall[] = [];
  const reply: Reply = { message: assistant("", []), context: null, finishReason: "", usage: null };
  let text = "";
  for await (const chunk of chunks) {
    reply.usage = chunk.usage ?? reply.usage;
    const context = contextOfChunk(chunk);
    if (context !== null) {
      reply.context = context;
      yield { type: "context", context };
    }
    const [choice] = chunk.choices;
    if (choice?.delta?.content) {
      text += choice.delta.content;
      yield { type: "text", text: choice.delta.content };
    }
    for (const { index, id, function: part } of choice?.delta?.tool_calls ?? []) {
      const call = (calls[index] ??= {
        id: id ?? "",
        type: "function",
        function: { name: "", arguments: "" },
      });
      call.function.name += part?.name ?? "";
      call.function.arguments += part?.arguments ?? "";
    }
    reply.finishReason = choice?.finish_reason ?? reply.finishReason;
  }
  return { ...reply, message: assistant(text, calls) };
}

function assistant(
  content: string | null,
  calls: OpenAI.ChatCompletionMessageToolCall[],
): OpenAI.ChatCompletionAssistantMessageParam {
  return { role: "assistant", content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}
