import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { z } from "zod";

import { parseJson } from "../util/parse-json.ts";

/** As Cohere takes it; an unknown field is refused. */
const requestSchema = z.strictObject({
  model: z.string(),
  query: z.string().min(1),
  documents: z.array(z.string()).min(1).max(1_000),
  top_n: z.int().min(1).optional(),
  max_tokens_per_doc: z.int().optional(),
});
export type RerankRequest = z.output<typeof requestSchema>;

export interface RerankHost extends AsyncDisposable {
  /** `http://127.0.0.1:…/v2/rerank` */
  url: string;
  requests: RerankRequest[];
  /** How the next call is answered instead. */
  next(script: (reply: ServerResponse) => void): void;
}

/** A reranker of Cohere's protocol over a real socket: scores by the words a document shares with the query, best first. */
export async function startRerankHost({ apiKey }: { apiKey: string }): Promise<RerankHost> {
  const requests: RerankRequest[] = [];
  const scripts: ((reply: ServerResponse) => void)[] = [];
  const server = createServer((request, reply) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const send = (status: number, body: unknown): void =>
        void reply
          .writeHead(status, { "content-type": "application/json" })
          .end(JSON.stringify(body));
      if (request.headers.authorization?.toLowerCase() !== `bearer ${apiKey}`) {
        send(401, { message: "invalid api token" });
        return;
      }
      const parsed = requestSchema.safeParse(parseJson(Buffer.concat(pieces).toString("utf8")));
      if (request.url !== "/v2/rerank" || !parsed.success) {
        send(400, {
          message: `invalid request: ${parsed.error?.issues[0]?.message ?? request.url}`,
        });
        return;
      }
      requests.push(parsed.data);
      const script = scripts.shift();
      if (script) script(reply);
      else
        send(200, {
          id: "r-1",
          results: resultsFor(parsed.data),
          meta: { api_version: { version: "2" } },
        });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/rerank`,
    requests,
    next: (script) => scripts.push(script),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function resultsFor({ query, documents, top_n }: RerankRequest) {
  const wanted = new Set(wordsOf(query));
  return documents
    .map((text, index) => {
      const words = wordsOf(text);
      const shared = new Set(words.filter((word) => wanted.has(word))).size;
      return { index, relevance_score: shared / (wanted.size + words.length / 1_000) };
    })
    .toSorted((left, right) => right.relevance_score - left.relevance_score)
    .slice(0, top_n);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
