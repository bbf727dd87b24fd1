import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";
import { describe, expect, test } from "vitest";
import { familyOf } from "../models/families.ts";
import type { Deployments, UpstreamDeployment } from "../models/deployments.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { startTestApp } from "../testing/http-services.ts";

const DATED = "/openai/deployments/my-o1/chat/completions?api-version=2024-12-01-preview";
const MESSAGES = [{ role: "user", content: "How many days of leave?" }];

describe("a request that belongs to the model", () => {
  interface Seen {
    url: string | undefined;
    headers: IncomingHttpHeaders;
    body: string;
  }

  /** A server in front of an upstream that answers with `listener`. */
  async function inFrontOf(listener: RequestListener, modelInBody: string | null = null) {
    const seen: Seen[] = [];
    const upstream = createServer(async (request, reply) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      seen.push({ url: request.url, headers: request.headers, body });
      listener(request, reply);
    });
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const dispatcher = new Agent();
    const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const deployment: UpstreamDeployment = {
      kind: "upstream",
      model: {
        id: "m",
        family: familyOf("m"),
        // eslint-disable-next-line require-yield -- never called: nothing is answered here
        async *generate() {
          throw new Error("not expected");
        },
      },
      target: {
        dispatcher,
        url: (operation) => new URL(`${base}/v1/${operation}`),
        headers: { authorization: "Bearer sk-operator" },
        secret: "sk-operator",
        modelInBody,
      },
    };
    const deployments: Deployments = {
      resolve(name) {
        if (name === "unknown")
          throw new GroundwireError(
            "deployment_not_found",
            "The API deployment for this resource does not exist.",
          );
        return deployment;
      },
      names: () => ["m"],
      embeddings: null,
      close: async () => {},
    };
    const server = await startTestApp({}, { deployments });
    return Object.assign(server, {
      seen,
      [Symbol.asyncDispose]: async () => {
        await server.app.close();
        await dispatcher.destroy();
        upstream.close();
        await server.services.storage.close();
      },
    });
  }

  test("goes up byte for byte and comes back byte for byte", async () => {
    await using server = await inFrontOf((_request, reply) => {
      reply
        .writeHead(200, { "content-type": "application/json" })
        .end('{ "id":"x",  "choices":[] }');
    });
    const body = '{ "messages" : [{"role":"user","content":"grün"}],\n "unknown_field": 1e400 }';
    const response = await server.post(DATED, body);
    expect(response.text).toBe('{ "id":"x",  "choices":[] }');
    expect(server.seen[0]).toMatchObject({ url: "/v1/chat/completions", body });
    expect(response.headers.get("apim-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("is renamed for an upstream that goes by the body's model", async () => {
    await using server = await inFrontOf((_request, reply) => {
      reply.writeHead(200, { "content-type": "application/json" }).end("{}");
    }, "my-o1");
    await server.post(DATED, { model: "another", messages: MESSAGES });
    expect(JSON.parse(server.seen[0]?.body ?? "")).toEqual({ model: "my-o1", messages: MESSAGES });
  });

  test("has the model's error handed back with its status", async () => {
    const body =
      '{"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}';
    await using server = await inFrontOf((_request, reply) => {
      reply.writeHead(400, { "content-type": "application/json" }).end(body);
    });
    const response = await server.post(DATED, { messages: MESSAGES });
    expect([response.status, response.text]).toEqual([400, body]);
  });

  test("for an unknown deployment is not found", async () => {
    await using server = await inFrontOf((_request, reply) => void reply.end("{}"));
    const response = await server.post(DATED.replace("my-o1", "unknown"), { messages: MESSAGES });
    expect([response.status, response.json.error.code]).toEqual([404, "DeploymentNotFound"]);
  });

  test("is told when the model cannot be reached", async () => {
    await using server = await inFrontOf((request) => void request.socket.destroy());
    const response = await server.post("/openai/v1/embeddings", { model: "m", input: "x" });
    expect(response.status).toBe(502);
    expect(response.json.error).toMatchObject({
      type: "server_error",
      code: "upstream_unavailable",
    });
  });
});

test("embeddings without a model are refused in so many words", async () => {
  await using server = await startTestApp();
  const response = await server.post("/openai/v1/embeddings", { model: "ada", input: "x" });
  expect(response.status).toBe(400);
  expect(response.text).toContain("No embedding model is configured, so 'ada' cannot embed.");
});
