import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

import { KIT_DIMENSIONS } from "./source-documents.ts";
import { TEST_CERTIFICATE } from "./test-certificate.ts";
import { wordVector } from "./word-vector.ts";

export interface EmbeddingHost extends AsyncDisposable {
  /** `http://127.0.0.1:…`, or `https://localhost:…` with `TEST_CERTIFICATE`. */
  url: string;
  port: number;
  calls: { path: string; headers: IncomingHttpHeaders; body: any }[];
  /** What every call is answered with instead of vectors; null: vectors. */
  answer: { status: number; headers?: Record<string, string>; body: unknown } | null;
}

/** An embedding model on every path that ends so: `wordVector`, in as many dimensions as are asked for. */
export async function startEmbeddingHost({ tls = false } = {}): Promise<EmbeddingHost> {
  const server = tls ? createTlsServer(TEST_CERTIFICATE) : createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  const host: EmbeddingHost = {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    calls: [],
    answer: null,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on("request", (request, reply) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(pieces).toString("utf8"));
      host.calls.push({ path: request.url ?? "", headers: request.headers, body });
      const {
        status,
        headers,
        body: answer,
      } = host.answer ?? { status: 200, body: vectorsFor(body) };
      reply.writeHead(status, { "content-type": "application/json", ...headers });
      reply.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    });
  });
  return host;
}

function vectorsFor({ input, dimensions = KIT_DIMENSIONS, model = "words" }: any): object {
  const texts: string[] = [input].flat();
  return {
    object: "list",
    model,
    data: texts.map((text, index) => ({
      object: "embedding",
      index,
      embedding: wordVector(text, dimensions),
    })),
    usage: { prompt_tokens: texts.length, total_tokens: texts.length },
  };
}
