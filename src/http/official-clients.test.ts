import { AzureOpenAI, OpenAI } from "openai";
import { describe, expect, test } from "vitest";
import type { AnswerEvent } from "../protocol/events.ts";
import { answerWith, startTestApp } from "../testing/http-services.ts";

const CITATION = {
  content: "20 days.",
  title: "Leave",
  url: null,
  filepath: "leave.pdf",
  chunk_id: "0",
};
const GROUNDED: AnswerEvent[] = [
  { type: "search-queries", queries: ["leave"] },
  { type: "citations", citations: [CITATION], retrieved: [] },
  { type: "text-delta", text: "20 days [doc1]." },
  { type: "finish", reason: "stop", model: "groundwire-extractive" },
];

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("the official client", () => {
  test("AzureOpenAI streams an answer with its context, under a deployment name with a slash", async () => {
    await using server = await startTestApp(
      {},
      { answerer: { answer: () => answerWith(GROUNDED) } },
    );
    const client = new AzureOpenAI({
      endpoint: `${server.url}/`,
      apiKey: "any",
      apiVersion: "2024-12-01-preview",
    });
    const storeId = (await server.post("/openai/v1/vector_stores", {})).json.id;
    const stream = client.chat.completions.stream({
      model: "my dep/x",
      messages: [{ role: "user", content: "q" }],
      ...({
        data_sources: [{ type: "file_search", parameters: { vector_store_id: storeId } }],
      } as object),
    });
    const completion: any = await stream.finalChatCompletion();
    expect(completion.choices[0].message).toMatchObject({
      content: "20 days [doc1].",
      context: { citations: [CITATION] },
    });
    expect(server.log.find((line) => line["deployment"] !== undefined)).toMatchObject({
      deployment: "my dep/x",
      status: 200,
    });
  });

  test("OpenAI uploads, attaches, searches and lists on the v1 routes", async () => {
    await using server = await startTestApp();
    const client = new OpenAI({ baseURL: `${server.url}/openai/v1`, apiKey: "any" });
    const file = await client.files.create({
      file: new File(["hello"], "ö.txt"),
      purpose: "assistants",
    });
    const store = await client.vectorStores.create({ name: "n", file_ids: [file.id] });
    expect(store.file_counts.in_progress).toBe(1);
    const batch = await client.vectorStores.fileBatches.create(store.id, { file_ids: [file.id] });
    expect(batch.object).toBe("vector_store.files_batch");
    const files = await all(client.vectorStores.files.list(store.id));
    expect(files.map(({ id }) => id)).toEqual([file.id]);
    const results = await client.vectorStores.search(store.id, { query: "q" });
    expect(results.data).toEqual([]);
    expect((await client.files.content(file.id)).status).toBe(200);
    expect((await all(client.models.list())).map(({ id }) => id)).toEqual([
      "groundwire-extractive",
    ]);
    await expect(client.vectorStores.retrieve("vs_x")).rejects.toMatchObject({
      status: 404,
      requestID: expect.any(String),
    });
  });
});
