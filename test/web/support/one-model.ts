import type { ServerResponse } from "node:http";

/** Answers the list of models with one, `m`. */
export function sayOneModel(reply: ServerResponse): void {
  const data = [{ id: "m", object: "model", created: 1, owned_by: "test" }];
  reply.writeHead(200, { "content-type": "application/json" });
  reply.end(JSON.stringify({ object: "list", data }));
}
