import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Answer, startTestServer, type TestServer } from "./support/server.ts";

const HANDBOOK = `# Leave policy

## Annual leave

Full-time employees get 27 days of annual leave a year. Part-time employees get leave in proportion to their hours.

## Sick leave

Report sick before 9:30 on the first day. A doctor's note is needed from the third day on.
`;
const REFUSAL =
  "The requested information is not found in the retrieved data. Please try another query or topic.";
const DATED = "/openai/deployments/my-o1/chat/completions?api-version=2024-12-01-preview";

let server: TestServer;
let store: string;

beforeAll(async () => {
  server = await startTestServer();
  store = await server.storeOf({ "handbook.md": HANDBOOK });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** The body of the guide's Method 1: the same store named three times, both token limits, a temperature. */
function question(content: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    messages: [
      { role: "developer", content: "You are a helpful assistant. Use the file_search tool." },
      { role: "user", content },
    ],
    data_sources: [{ type: "file_search", parameters: { vector_store_id: store } }],
    tool_resources: { file_search: { vector_store_ids: [store] } },
    tools: [{ type: "file_search" }],
    max_tokens: 800,
    temperature: 0.7,
    reasoning_effort: "medium",
    max_completion_tokens: 500,
    ...more,
  };
}

function chunksOf(answer: Answer): any[] {
  const events = answer.text.split("\n\n").filter((event) => event !== "");
  expect(events.at(-1)).toBe("data: [DONE]");
  return events.slice(0, -1).map((event) => {
    expect(event.startsWith("data: ")).toBe(true);
    return JSON.parse(event.slice(6));
  });
}

describe("the guide's Method 1", () => {
  it("accepts multipart bytes under a JSON content type, with the purpose as a file part", async () => {
    const boundary = "1358f1dc99fefb76920f5c5d98fdc158";
    const body = [
      `--${boundary}`,
      'Content-Disposition: form-data; name="file"; filename="müsli.md"',
      "Content-Type: text/markdown",
      "",
      HANDBOOK,
      `--${boundary}`,
      'Content-Disposition: form-data; name="purpose"; filename="purpose"',
      "",
      "file-search",
      `--${boundary}--`,
      "",
    ].join("\r\n");
    const upload = await server.call("POST", "/openai/files?api-version=2024-12-01-preview", body, {
      "content-type": "application/json",
      "api-key": "anything",
    });
    expect(upload.status).toBe(201);
    expect(upload.json).toMatchObject({
      object: "file",
      filename: "müsli.md",
      purpose: "assistants",
      status: "processed",
    });
    const content = await server.call("GET", `/openai/v1/files/${upload.json.id}/content`);
    expect(content.text).toBe(HANDBOOK);
  });

  it("answers from the store with a marker, citations and intent", async () => {
    const answer = await server.call(
      "POST",
      DATED,
      question("How many days of annual leave do full-time employees get?"),
    );
    expect(answer.status).toBe(200);
    const { choices, object, usage } = answer.json;
    const { content, context } = choices[0].message;
    expect(object).toBe("extensions.chat.completion");
    expect(choices[0].finish_reason).toBe("stop");
    expect(content).toMatch(/27 days.*\[doc1\]/su);
    expect(context.citations[0]).toMatchObject({ title: "Leave policy", filepath: "handbook.md" });
    expect(context.citations[0].content).toContain("27 days of annual leave");
    expect(JSON.parse(context.intent)).toEqual(expect.arrayContaining([expect.any(String)]));
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
  });

  it("streams the same answer: context with the role first, end_turn on every choice", async () => {
    const body = question("How many days of annual leave do full-time employees get?");
    const whole = await server.call("POST", DATED, body);
    const chunks = chunksOf(await server.call("POST", DATED, { ...body, stream: true }));
    expect(chunks[0].choices[0].delta).toEqual({
      role: "assistant",
      context: whole.json.choices[0].message.context,
    });
    expect(chunks.map((chunk) => chunk.choices[0].end_turn)).toEqual(
      chunks.map((_, index) => index === chunks.length - 1),
    );
    expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    const text = chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
    expect(text).toBe(whole.json.choices[0].message.content);
  });

  it("refuses in scope with the contract's sentence, without marker or citation", async () => {
    const { json } = await server.call(
      "POST",
      DATED,
      question("What is the boiling point of tungsten on Jupiter?"),
    );
    expect(json.choices[0].message.content).toBe(REFUSAL);
    expect(json.choices[0].message.context.citations).toEqual([]);
  });

  it("finds a file that was attached a moment ago", async () => {
    const created = await server.call(
      "POST",
      "/openai/vector_stores?api-version=2024-12-01-preview",
      { name: "new" },
    );
    const id = created.json.id;
    const file = await server.upload(
      "parking.txt",
      "Visitors park on deck 4. The barrier code is 7731.",
    );
    const attached = await server.call(
      "POST",
      `/openai/vector_stores/${id}/files?api-version=2024-12-01-preview`,
      {
        file_id: file,
      },
    );
    expect(attached.json).toMatchObject({
      id: file,
      object: "vector_store.file",
      vector_store_id: id,
    });
    const answer = await server.call(
      "POST",
      DATED,
      question("On which deck do visitors park?", {
        data_sources: [{ type: "file_search", parameters: { vector_store_id: id } }],
        tool_resources: { file_search: { vector_store_ids: [id] } },
      }),
    );
    expect(answer.json.choices[0].message.content).toContain("deck 4");
  });

  it("is the same without data_sources: the tool and its resources are enough", async () => {
    const { json } = await server.call("POST", "/openai/v1/chat/completions", {
      model: "o1",
      ...question("From which day on is a doctor's note needed?", { data_sources: undefined }),
    });
    expect(json.choices[0].message.content).toMatch(/third day.*\[doc1\]/su);
  });

  it("reports anchors and the reading view of what it cites", async () => {
    const { json } = await server.call(
      "POST",
      DATED,
      question("From which day on is a doctor's note needed?"),
    );
    const [citation] = json.choices[0].message.context.citations;
    const fileId = /files\/(file-[A-Za-z0-9]+)/u.exec(citation.url)?.[1];
    const chunks = await server.call(
      "GET",
      `/groundwire/vector_stores/${store}/files/${fileId}/chunks`,
    );
    expect(chunks.json.data[Number(citation.chunk_id)].passages[0].anchor).toMatchObject({
      kind: "view",
      part: 0,
    });
    const view = await server.call("GET", `/groundwire/files/${fileId}/view`);
    expect(view.json).toMatchObject({ kind: "markdown", render: "html" });
    const part = await server.call("GET", `/groundwire/files/${fileId}/view/0`);
    expect(part.text).toContain("doctor");
  });
});

describe("a question without sources", () => {
  it("gets an honest text from the built-in answerer", async () => {
    const { json } = await server.call("POST", "/openai/v1/chat/completions", {
      model: "o1",
      messages: [{ role: "user", content: "What is the highest mountain in the world?" }],
    });
    expect(json).toMatchObject({ object: "chat.completion", model: "groundwire-extractive" });
    expect(json.choices[0].message.content.length).toBeGreaterThan(20);
  });
});
