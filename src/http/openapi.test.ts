import { Validator } from "@seriousme/openapi-schema-validator";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { registerOpenApi } from "./openapi.ts";
import { startTestApp } from "../testing/http-services.ts";

test("the description is valid OpenAPI and holds every route of the API with the schemas that check it", async () => {
  await using server = await startTestApp();
  const { json } = await server.call("/openapi.json");
  expect(await new Validator().validate(structuredClone(json))).toEqual({ valid: true });
  const chat = json.paths["/openai/deployments/{deployment}/chat/completions"].post;
  expect(chat.parameters.map(({ name }: { name: string }) => name)).toEqual([
    "deployment",
    "api-version",
  ]);
  const { properties } = chat.requestBody.content["application/json"].schema;
  expect(properties.messages).toMatchObject({ type: "array", minItems: 1 });
  expect(properties.messages.items.properties.role.enum).toContain("developer");
  expect(properties.reasoning_effort.enum).toContain("high");
  const list = json.paths["/openai/v1/files"].get.parameters;
  expect(list).toContainEqual(expect.objectContaining({ name: "limit", in: "query" }));
});

test("a route of the API that does not describe itself cannot be added", async () => {
  const app = Fastify();
  registerOpenApi(app, "1.0.0");
  expect(() => app.get("/openai/v1/secret", async () => "x")).toThrow(
    "GET /openai/v1/secret has no operation() to describe it.",
  );
});
