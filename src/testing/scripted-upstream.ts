import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordedCall {
  path: string;
  headers: IncomingHttpHeaders;
  /** JSON, read; null: none was sent. */
  body: any;
}

export interface ScriptedUpstream extends AsyncDisposable {
  /** `http://127.0.0.1:…/v1` */
  baseUrl: string;
  calls: RecordedCall[];
  /** What the next call is answered with. Without a script it is a 500. */
  next(script: Script): void;
  /** What every call without a script of its own is answered with. */
  otherwise(script: Script): void;
}

type Script = (reply: ServerResponse, call: RecordedCall) => void;

/** A model's server over a real socket that answers as it is told and remembers what it was asked. */
export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const calls: RecordedCall[] = [];
  const scripts: Script[] = [];
  let otherwise: Script = (reply) => void reply.writeHead(500).end("no script");
  const server = createServer((request, reply) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const text = Buffer.concat(pieces).toString("utf8");
      const body = text === "" ? null : JSON.parse(text);
      const call = { path: request.url ?? "", headers: request.headers, body };
      calls.push(call);
      const script = scripts.shift() ?? otherwise;
      script(reply, call);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    next: (script) => scripts.push(script),
    otherwise: (script) => void (otherwise = script),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A streamed answer with these pieces of text, cut into events as a real server does. */
export function streamOf(
  pieces: string[],
  more: { model?: string } = {},
): (reply: ServerResponse) => void {
  const { model = "o1-2024-12-17" } = more;
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
  return (reply) => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write(chunk({ role: "assistant", content: "" }));
    for (const content of pieces) reply.write(chunk({ content }));
    reply.write(chunk({}, "stop"));
    reply.write(
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices: [], usage })}\n\n`,
    );
    reply.end("data: [DONE]\n\n");
  };
}
