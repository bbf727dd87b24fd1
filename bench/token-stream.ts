import { startScriptedUpstream } from "../src/testing/scripted-upstream.ts";

/** Characters of a token, about. */
const TOKEN = 4;

/** A model's server that answers every chat with the same text, so many tokens of it a second. */
export async function startTokenStream({ text, perSecond }: { text: string; perSecond: number }) {
  const upstream = await startScriptedUpstream();
  const tokens = text.match(new RegExp(`[^]{1,${TOKEN}}`, "gu")) ?? [];
  upstream.otherwise((reply, { path }) => {
    if (path.endsWith("/models")) {
      const data = [{ id: "m", object: "model", created: 1, owned_by: "bench" }];
      return void reply
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ object: "list", data }));
    }
    const event = (delta: object, finish: string | null = null): void => {
      const choices = [{ index: 0, delta, finish_reason: finish }];
      const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices };
      reply.write(`data: ${JSON.stringify(chunk)}\n\n`);
    };
    reply.writeHead(200, { "content-type": "text/event-stream" });
    const started = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      // Timers are late on a busy machine: what is due is counted, not the ticks.
      const due = ((performance.now() - started) / 1000) * perSecond;
      for (; sent < due && sent < tokens.length; sent++) event({ content: tokens[sent] });
      if (sent < tokens.length && !reply.destroyed) return;
      clearInterval(timer);
      event({}, "stop");
      reply.end("data: [DONE]\n\n");
    }, 5);
  });
  return upstream;
}
