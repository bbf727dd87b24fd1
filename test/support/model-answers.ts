import type { ServerResponse } from "node:http";

export interface ModelCall {
  id: string;
  type: string;
  function: { name: string; arguments: string };
}

/** What a model answers. */
export interface ModelAnswer {
  reasoning?: string;
  content?: string;
  calls?: ModelCall[];
}

/** Answers as OpenAI does: a stream when one is asked for, else a whole completion. */
export function answerWith({ reasoning, content, calls }: ModelAnswer) {
  return (reply: ServerResponse, { body }: { body: any }): void => {
    const finish = calls ? "tool_calls" : "stop";
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 40,
      total_tokens: 140,
      completion_tokens_details: { reasoning_tokens: reasoning ? 30 : 0 },
    };
    const common = { id: "c", created: 1, model: body.model };
    if (body.stream !== true) {
      const message = {
        role: "assistant",
        content: content ?? null,
        ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
        ...(calls === undefined ? {} : { tool_calls: calls }),
      };
      const choices = [{ index: 0, message, finish_reason: finish }];
      reply
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ ...common, object: "chat.completion", choices, usage }));
      return;
    }
    const event = (choices: unknown[], more: object = {}): string =>
      `data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices, ...more })}\n\n`;
    const delta = (part: object, reason: string | null = null): string =>
      event([{ index: 0, delta: part, finish_reason: reason }]);
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write(delta({ role: "assistant", content: "" }));
    for (const piece of reasoning?.match(/.{1,7}/gsu) ?? [])
      reply.write(delta({ reasoning_content: piece }));
    for (const piece of content?.match(/.{1,5}/gsu) ?? []) reply.write(delta({ content: piece }));
    calls?.forEach(({ id, function: { name, arguments: text } }, index) => {
      reply.write(
        delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
      );
      for (const piece of text.match(/.{1,4}/gsu) ?? [])
        reply.write(delta({ tool_calls: [{ index, function: { arguments: piece } }] }));
    });
    reply.write(delta({}, finish));
    reply.end(`${event([], { usage })}data: [DONE]\n\n`);
  };
}
