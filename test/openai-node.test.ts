import OpenAI, { AzureOpenAI, toFile } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";
import { grounded } from "../src/client/grounding.ts";

const TEXT =
  "# Harbour rules\n\nThe crane may lift 42 tonnes. Forklifts drive at most 8 km/h in hall B.\n";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ GROUNDWIRE_API_KEYS: "acme:first-secret,other:second-secret" });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each([
  [
    "AzureOpenAI on the dated route",
    () =>
      new AzureOpenAI({
        endpoint: server.url,
        apiKey: "first-secret",
        apiVersion: "2024-12-01-preview",
        deployment: "o1",
      }),
  ],
  [
    "OpenAI on /openai/v1",
    () => new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "first-secret" }),
  ],
])("openai-node: %s", (_name, connect) => {
  it("uploads, attaches, polls, asks and streams", async () => {
    const client = connect();
    const store = await client.vectorStores.create({ name: "harbour" });
    const file = await client.files.create({
      file: await toFile(Buffer.from(TEXT), "rules.md"),
      purpose: "assistants",
    });
    const attached = await client.vectorStores.files.createAndPoll(store.id, { file_id: file.id });
    expect(attached.status).toBe("completed");
    expect((await client.vectorStores.retrieve(store.id)).file_counts).toMatchObject({
      completed: 1,
      total: 1,
    });

    const found = await client.vectorStores.search(store.id, {
      query: "How much may the crane lift?",
    });
    expect(found.data[0]?.content[0]?.text).toContain("42 tonnes");

    const body = {
      model: "o1",
      messages: [{ role: "user" as const, content: "How much may the crane lift?" }],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: store.id } }],
    };
    const answer = await client.chat.completions.create(body);
    expect(answer.choices[0]?.message.content).toMatch(/42 tonnes.*\[doc1\]/su);
    expect(answer.choices[0]?.message).toHaveProperty("context.citations.0.filepath", "rules.md");

    const stream = client.chat.completions.stream(body);
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe(
      answer.choices[0]?.message.content,
    );

    await client.vectorStores.files.delete(file.id, { vector_store_id: store.id });
    await client.vectorStores.delete(store.id);
    await client.files.delete(file.id);
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
  });

  it("polls a file batch to its end", async () => {
    const client = connect();
    const store = await client.vectorStores.create({ name: "batch" });
    const files = await Promise.all(
      ["one", "two", "three"].map((name) => toFile(Buffer.from(`${name}: ${TEXT}`), `${name}.md`)),
    );
    const batch = await client.vectorStores.fileBatches.uploadAndPoll(store.id, { files });
    expect(batch).toMatchObject({ status: "completed", file_counts: { completed: 3, total: 3 } });
    const listed = [];
    for await (const file of client.vectorStores.files.list(store.id, { limit: 2 }))
      listed.push(file.status);
    expect(listed).toEqual(["completed", "completed", "completed"]);
  });

  it("gets the SDK's own error classes", async () => {
    const client = connect();
    await expect(client.vectorStores.retrieve("vs_unknown")).rejects.toThrow(OpenAI.NotFoundError);
    await expect(client.chat.completions.create({ model: "o1", messages: [] })).rejects.toThrow(
      OpenAI.BadRequestError,
    );
  });
});

describe("keys", () => {
  it("refuses a wrong key with the service's own 224 bytes", async () => {
    const answer = await server.call("GET", "/openai/v1/models", undefined, { "api-key": "wrong" });
    expect(answer.status).toBe(401);
    expect(Buffer.byteLength(answer.text)).toBe(224);
  });

  it("keeps tenants apart: another key does not see the store", async () => {
    const first = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "first-secret" });
    const second = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "second-secret" });
    const store = await first.vectorStores.create({ name: "private" });
    await expect(second.vectorStores.retrieve(store.id)).rejects.toThrow(OpenAI.NotFoundError);
    await expect(
      second.chat.completions.create(
        grounded({
          model: "o1",
          messages: [{ role: "user" as const, content: "What is in there?" }],
          data_sources: [{ type: "file_search", parameters: { vector_store_id: store.id } }],
        }),
      ),
    ).rejects.toThrow(/No vector store found/u);
  });
});
