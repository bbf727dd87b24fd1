import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GroundwireError } from "../../protocol/errors.ts";
import { mcpQuery } from "../../protocol/mcp.ts";
import { isObject, parseRequest } from "../../protocol/validation.ts";
import { accountCall } from "../accounting.ts";
import { createMcpServer } from "../mcp/mcp-server.ts";
import { placesOf } from "../mcp/places.ts";
import { createRememberedDocuments } from "../mcp/remembered-documents.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";

const MOST_BODY_BYTES = 256 * 1024;

/**
 * `/mcp`: the Model Context Protocol over streamable HTTP, for agents. One request, one answer: there are no sessions and no
 * streams, so that it makes no difference which process answers.
 */
export function mcpRoutes(services: HttpServices) {
  const remembered = createRememberedDocuments();
  return async (app: FastifyInstance): Promise<void> => {
    app.post(
      "/mcp",
      {
        ...operation("Model Context Protocol: the tools `search` and `fetch`", { query: mcpQuery }),
        bodyLimit: MOST_BODY_BYTES,
      },
      async (request, reply) => {
        const { body } = request;
        if (!isObject(body)) throw noMessage();
        const places = await placesOf(services, request, parseRequest(mcpQuery, request.query));
        if (body["method"] === "tools/call") await accountCall(services, request);
        const { signal } = request.context;
        const server = await createMcpServer({ services, request, places, remembered, signal });
        try {
          return await send(await answer(server, request), reply);
        } finally {
          await server.close();
        }
      },
    );

    // The protocol's way of saying that there are no streams from the server and no sessions to end.
    app.route({
      method: ["GET", "DELETE"],
      url: "/mcp",
      handler: async (_request, reply) =>
        reply
          .code(405)
          .header("allow", "POST")
          .send({
            jsonrpc: "2.0",
            error: { code: -32_000, message: "Method not allowed: messages are sent by POST." },
            id: null,
          }),
    });
  };
}

async function answer(
  server: Awaited<ReturnType<typeof createMcpServer>>,
  request: FastifyRequest,
): Promise<Response> {
  const { WebStandardStreamableHTTPServerTransport: Transport } =
    await import("@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js");
  const transport = new Transport({ enableJsonResponse: true });
  await server.connect(transport);
  const { accept = "", "mcp-protocol-version": version } = request.headers;
  const headers = new Headers({ "content-type": "application/json", accept });
  if (typeof version === "string") headers.set("mcp-protocol-version", version);
  const message = new Request(`${request.protocol}://${request.host}/mcp`, {
    method: "POST",
    headers,
  });
  return transport.handleRequest(message, { parsedBody: request.body });
}

async function send(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .code(response.status)
    .headers(Object.fromEntries(response.headers))
    .send(Buffer.from(await response.arrayBuffer()));
}

function noMessage(): GroundwireError {
  return new GroundwireError(
    "invalid_request",
    "The body should be one JSON-RPC message of the Model Context Protocol; several at once are not taken.",
  );
}
