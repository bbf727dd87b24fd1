import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestServer, type TestServer } from "./support/server.ts";

const HANDBOOK = `# Leave policy

Full-time employees get 27 days of annual leave a year.

# Parking

Parking costs 20 euros a month and is paid by the employee.
`;

let server: TestServer;
let store: string;
beforeAll(async () => {
  server = await startTestServer();
  store = await server.storeOf({ "handbook.md": HANDBOOK });
});
afterAll(() => server[Symbol.asyncDispose]());

const request = (more: object = {}, parameters: object = {}) => ({
  model: "o1",
  messages: [
    { role: "user", content: "How many days of annual leave do full-time employees get?" },
  ],
  data_sources: [{ type: "file_search", parameters: { vector_store_id: store, ...parameters } }],
  ...more,
});
const ask = (body: object, headers: Record<string, string> = { "x-groundwire-trace": "1" }) =>
  server.call("POST", "/openai/v1/chat/completions", body, headers);

describe("a trace", () => {
  it("tells queries, sources, scores and what became of each passage", async () => {
    const { json } = await ask(request());
    expect(json.choices[0].message.x_groundwire.trace).toMatchObject({
      depth: { level: "standard", reasoning_effort: null, queries: 3, candidates: 20, rounds: 1 },
      queries: [
        {
          text: "How many days of annual leave do full-time employees get?",
          made_by: "question",
          round: 1,
        },
      ],
      sources: [{ data_source_index: 0, type: "file_search", searches: 1, failures: [] }],
      passages: [{ filepath: "handbook.md", queries: [0], outcome: "used" }],
    });
  });

  it("is the last thing of a stream before its end", async () => {
    const { text } = await ask(request({ stream: true }));
    const events = text.split("\n\n").filter((line) => line.startsWith("data: "));
    expect(events.at(-1)).toBe("data: [DONE]");
    const [choice] = JSON.parse(events.at(-2)?.slice(6) ?? "").choices;
    expect(choice).toMatchObject({
      end_turn: true,
      finish_reason: "stop",
      delta: { x_groundwire: { trace: { depth: { level: "standard" } } } },
    });
    expect(text.match(/"trace":/gu)).toHaveLength(1);
  });

  it("is told in the Responses API too, whole and at the end of a stream", async () => {
    const respond = (stream: boolean) =>
      server.call(
        "POST",
        "/openai/v1/responses",
        {
          model: "o1",
          stream,
          input: "How many days of annual leave do full-time employees get?",
          tools: [{ type: "file_search", vector_store_ids: [store] }],
        },
        { "x-groundwire-trace": "1" },
      );
    const whole = await respond(false);
    expect(whole.json.x_groundwire.trace.queries).toHaveLength(1);
    const streamed = await respond(true);
    const last = streamed.text.split("\n\n").filter(Boolean).at(-1) ?? "";
    expect(last).toMatch(/^event: response\.completed\n.*"x_groundwire":\{"trace"/su);
  });

  it("is not there unless it is asked for", async () => {
    for (const stream of [true, false]) {
      expect((await ask(request({ stream }), {})).text).not.toContain("x_groundwire");
    }
  });

  it("names the passages just below the strictness that left nothing", async () => {
    const question = [{ role: "user", content: "Is leave of trainees in Lisbon paid in advance?" }];
    const { json } = await ask(request({ messages: question }));
    const { message } = json.choices[0];
    expect(message.content).toMatch(/^The requested information is not found/u);
    expect(message.x_groundwire.trace.near_misses).toMatchObject({ count: 1, strictness: 3 });
    expect(message.x_groundwire.trace.passages[0]).toMatchObject({ outcome: "strictness" });
  });

  it("shows how deep reasoning_effort made the search", async () => {
    const levels = [];
    for (const reasoning_effort of ["low", "high"]) {
      const { json } = await ask(request({ reasoning_effort }));
      levels.push(json.choices[0].message.x_groundwire.trace.depth);
    }
    expect(levels).toMatchObject([
      { level: "shallow", reasoning_effort: "low", queries: 1, candidates: 10, rounds: 1 },
      { level: "deep", reasoning_effort: "high", queries: 5, candidates: 50, rounds: 2 },
    ]);
  });
});

describe("strictness", () => {
  it("lets fewer passages through at each step, and at 1 never empties what was found", async () => {
    const messages = [{ role: "user", content: "What does annual parking in Lisbon cost?" }];
    const used = [];
    for (const strictness of [1, 2, 3, 4, 5]) {
      const include_contexts = ["citations", "all_retrieved_documents"];
      const { json } = await ask(request({ messages }, { strictness, include_contexts }));
      const retrieved = json.choices[0].message.context.all_retrieved_documents;
      used.push(retrieved.filter((entry: any) => entry.filter_reason !== "score").length);
    }
    expect(used).toEqual(used.toSorted((left, right) => right - left));
    expect(used[0]).toBeGreaterThan(used[4] ?? 0);
  });
});
