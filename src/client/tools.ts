import type OpenAI from "openai";

/** A function the model may call. */
export interface Tool {
  definition: OpenAI.FunctionDefinition;
  /** Given the arguments the model wrote, parsed; its result is sent back as it is, or as JSON when it is no text. */
  run(input: Record<string, unknown>, signal: AbortSignal | undefined): unknown;
}

/** The results of a round of calls, all run at once. What goes wrong is a result too: the model can mend it. */
export function runTools(
  calls: OpenAI.ChatCompletionMessageToolCall[],
  tools: Tool[],
  signal: AbortSignal | undefined,
): Promise<OpenAI.ChatCompletionToolMessageParam[]> {
  return Promise.all(
    calls.map(async (call) => ({
      role: "tool" as const,
      tool_call_id: call.id,
      content: await runTool(call, tools, signal),
    })),
  );
}

async function runTool(
  call: OpenAI.ChatCompletionMessageToolCall,
  tools: Tool[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const name = call.type === "function" ? call.function.name : call.custom.name;
  const tool = tools.find(({ definition }) => definition.name === name);
  if (tool === undefined || call.type !== "function") {
    return toText({ error: `There is no function '${name}'.` });
  }
  try {
    const input: unknown = JSON.parse(call.function.arguments || "{}");
    // What the definition's schema asks the model for.
    return toText(await tool.run(input as Record<string, unknown>, signal));
  } catch (error) {
    signal?.throwIfAborted();
    return toText({ error: error instanceof Error ? error.message : String(error) });
  }
}

function toText(result: unknown): string {
  return typeof result === "string" ? result : (JSON.stringify(result) ?? "");
}
