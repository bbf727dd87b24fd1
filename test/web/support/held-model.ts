import type { ServerResponse } from "node:http";

import { startScriptedUpstream } from "../../../src/testing/scripted-upstream.ts";
import { sayOneModel } from "./one-model.ts";

/** A model that begins every answer, and ends it when it is told to. */
export interface HeldModel extends AsyncDisposable {
  baseUrl: string;
  /** The body of the last call that asked for an answer. */
  last: () => any;
  /** Ends the answers that have begun. */
  goOn: () => void;
}

export async function startHeldModel(): Promise<HeldModel> {
  const upstream = await startScriptedUpstream();
  let held: ServerResponse[] = [];
  const say = (reply: ServerResponse, delta: object, finish: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices };
    reply.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  upstream.otherwise((reply, { path }) => {
    if (path.endsWith("/models")) {
      sayOneModel(reply);
      return;
    }
    reply.writeHead(200, { "content-type": "text/event-stream" });
    say(reply, { role: "assistant", content: "The first part. The" });
    held.push(reply);
  });
  return {
    baseUrl: upstream.baseUrl,
    last: () => upstream.calls.findLast(({ path }) => path.endsWith("/chat/completions"))?.body,
    goOn() {
      for (const reply of held) {
        say(reply, { content: " last part." });
        say(reply, {}, "stop");
        reply.end("data: [DONE]\n\n");
      }
      held = [];
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}
