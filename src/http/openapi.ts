import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Operation } from "./operation.ts";

interface Described {
  method: string;
  /** As Fastify writes it: `/files/:id`. */
  url: string;
  operation: Operation;
}

type Json = Record<string, unknown>;

const ERROR = {
  description:
    "What failed, where, and what to do. The shape depends on the layer: see docs/errors.md.",
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
};
const ERROR_SCHEMA = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["message", "code"],
      properties: {
        message: { type: "string" },
        code: { type: ["string", "integer", "null"] },
        type: { type: "string" },
        param: { type: ["string", "null"] },
        requestid: { type: "string" },
      },
    },
  },
};
/** Routes that must describe themselves. */
const API = /^\/(?:openai|groundwire)\//;
const METHODS = ["GET", "POST", "DELETE", "PATCH", "PUT"];

/** `/openapi.json`: every route of the API, with the schemas its handler checks with. Call before the routes. */
export function registerOpenApi(app: FastifyInstance, version: string): void {
  const described: Described[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    const { operation } = config ?? {};
    if (operation === undefined) {
      if (API.test(url))
        throw new Error(`${String(method)} ${url} has no operation() to describe it.`);
      return;
    }
    for (const each of [method].flat()) {
      if (METHODS.includes(each)) described.push({ method: each, url, operation });
    }
  });
  let document: Json | null = null;
  app.get("/openapi.json", async () => (document ??= toDocument(described, version)));
}

function toDocument(described: Described[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const { method, url, operation } of described) {
    const path = url.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(url, operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Groundwire",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ key: [] }, { bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "api-key" },
        bearer: { type: "http", scheme: "bearer" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-groundwire",
          description: "Of somebody who has signed in; for the server's own page only.",
        },
      },
    },
  };
}

function toOperation(url: string, { summary, query, body, bodyType }: Operation): Json {
  const inPath = [...url.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const isDated = url.startsWith("/openai/") && !url.startsWith("/openai/v1/");
  const version = { name: "api-version", in: "query", required: true, schema: { type: "string" } };
  return {
    summary,
    parameters: [...inPath, ...(isDated ? [version] : []), ...toQuery(query)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [bodyType ?? "application/json"]: { schema: toSchema(body) } },
          },
        }),
    responses: { "200": { description: "What was asked for." }, default: ERROR },
  };
}

function toQuery(query: z.ZodType | undefined): Json[] {
  if (query === undefined) return [];
  const { properties = {} } = toSchema(query) as { properties?: Record<string, unknown> }; // of an object
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema }));
}

function toSchema(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // What is put right before it is checked is described as it is checked.
    override({ zodSchema, jsonSchema }) {
      if (!(zodSchema instanceof z.ZodPipe) || !(zodSchema.def.in instanceof z.ZodTransform))
        return;
      if (zodSchema.def.out instanceof z.ZodType)
        Object.assign(jsonSchema, toSchema(zodSchema.def.out));
    },
  });
}
