import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ScriptedUpstream, startScriptedUpstream } from "../src/testing/scripted-upstream.ts";
import { answerWith, type ModelAnswer } from "./support/model-answers.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const HANDBOOK = "# Leave policy\n\nFull-time employees get 27 days of annual leave a year.\n";
const PARKING = "# Parking\n\nThe garage in Harbour Street has 140 places for bicycles.\n";
const QUESTION = "How many days of annual leave do full-time employees get?";
const WEATHER = {
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: {} } },
};

let upstream: ScriptedUpstream;
let server: TestServer;
let handbook: string;
let parking: string;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  server = await startTestServer({ OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "k" });
  handbook = await server.storeOf({ "handbook.md": HANDBOOK });
  parking = await server.storeOf({ "parking.md": PARKING });
});
afterAll(async () => {
  for (const open of [server, upstream]) await open[Symbol.asyncDispose]();
});
beforeEach(() => void upstream.calls.splice(0));

function calling(name: string, given: unknown, id = `call_of_${name}`): ModelAnswer {
  const text = typeof given === "string" ? given : JSON.stringify(given);
  return { calls: [{ id, type: "function", function: { name, arguments: text } }] };
}

function answers(...scripts: ModelAnswer[]): void {
  for (const script of scripts) upstream.next(answerWith(script));
}

async function ask(request: object, headers: Record<string, string> = {}, to = server) {
  const body = { model: "gpt-4o", messages: [{ role: "user", content: QUESTION }], ...request };
  return to.call("POST", "/openai/v1/chat/completions", body, headers);
}

const CODE = { tools: [{ type: "code_interpreter" }] };
/** Leave is found ahead of the answer; bicycles only by a search of the model's own. */
const searching = () => ({
  data_sources: [{ type: "file_search", parameters: { vector_store_id: handbook } }],
  tools: [{ type: "file_search" }],
  tool_resources: { file_search: { vector_store_ids: [parking] } },
});

function chunksOf(text: string): any[] {
  const events = text.split("\n\n").filter((event) => event.startsWith("data: {"));
  return events.map((event) => JSON.parse(event.slice(6)).choices[0]).filter(Boolean);
}

/** What the model was given for its calls. */
function results(): string[] {
  const { messages } = upstream.calls.at(-1)?.body ?? {};
  return messages.flatMap(({ role, content }: any) => (role === "tool" ? [content] : []));
}

describe("searches of the model's own", () => {
  it("go on with the numbers of the passages, and name those that are known", async () => {
    answers(
      calling("file_search", { query: "places for bicycles" }, "call_1"),
      calling("file_search", { query: "days of annual leave" }, "call_2"),
      { content: "27 days [doc1], 140 places [doc2], nothing [doc3]." },
    );
    const { json } = await ask(searching());
    const { content, context } = json.choices[0].message;
    expect(content).toBe("27 days [doc1], 140 places [doc2], nothing.");
    expect(context.citations.map(({ filepath }: any) => filepath)).toEqual([
      "handbook.md",
      "parking.md",
    ]);
    expect(JSON.parse(context.intent)).toEqual([
      QUESTION,
      "places for bicycles",
      "days of annual leave",
    ]);
    const [bicycles, leave] = results();
    expect(bicycles).toContain('marker="[doc2]"');
    expect(leave).toBe("Documents you have already that match, too: [doc1].");
  });

  it("give as many passages as the tool says, and only those its filter lets through", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        `${index}.md`,
        `# Bay ${index}\n\nBicycles stand in bay ${index} of the garage.\n`,
      ]),
    );
    const store = await server.storeOf(files);
    answers(calling("file_search", { query: "bicycles in the garage" }), {
      content: "Bays [doc1].",
    });
    await ask({
      messages: [{ role: "user", content: "Hello" }],
      tools: [{ type: "file_search", vector_store_ids: [store], max_num_results: 7 }],
    });
    expect(results()[0]?.match(/marker="/gu)).toHaveLength(7);

    answers(calling("file_search", { query: "bicycles in the garage" }), { content: "None." });
    await ask({
      messages: [{ role: "user", content: "Hello" }],
      tools: [
        {
          type: "file_search",
          vector_store_ids: [store],
          filters: { type: "eq", key: "year", value: 2020 },
        },
      ],
    });
    expect(results()[0]).toMatch(/^Nothing was found/u);
  });

  it("are told ahead of the text in a stream, also after a remark", async () => {
    answers(
      { content: "Let me look.", ...calling("file_search", { query: "places for bicycles" }) },
      { content: "There are 140 places for bicycles [doc2]." },
    );
    const { text } = await ask({ ...searching(), stream: true });
    const chunks = chunksOf(text);
    expect(chunks.filter(({ delta }) => delta.context)).toHaveLength(1);
    expect(chunks[0].delta.context.citations).toHaveLength(2);
    expect(chunks.map(({ delta }) => delta.content ?? "").join("")).toBe(
      "Let me look.\n\nThere are 140 places for bicycles [doc2].",
    );
  });

  it("that come after much text find what cannot be named any more", async () => {
    const long = "Full-time employees get 27 days of annual leave a year [doc1]. ".repeat(8);
    answers(
      { content: long, ...calling("file_search", { query: "places for bicycles" }) },
      { content: "And 140 places [doc2]." },
    );
    const { text } = await ask({ ...searching(), stream: true });
    const chunks = chunksOf(text);
    expect(chunks[0].delta.context.citations).toHaveLength(1);
    expect(chunks.filter(({ delta }) => delta.context)).toHaveLength(1);
    expect(chunks.map(({ delta }) => delta.content ?? "").join("")).toMatch(/And 140 places\.$/u);
    expect(results()[0]).toContain("cannot be named by a marker any more");
  });

  it("that find nothing lead to the refusal when the answer rests on nothing", async () => {
    answers(calling("file_search", { query: "parental leave" }), {
      content: "Parental leave takes fourteen months in Norway, paid by the state.",
    });
    const { json } = await ask({
      messages: [{ role: "user", content: "How long is parental leave in Norway?" }],
      tools: [{ type: "file_search", vector_store_ids: [parking] }],
    });
    expect(json.choices[0].message.content).toMatch(/^The requested information is not found/u);
    expect(json.choices[0].message.context.citations).toEqual([]);
  });
});

describe("code", () => {
  it("goes on from what ran before, and its mistakes are told to the model", async () => {
    answers(
      calling("code_interpreter", { code: "x = 20" }, "call_1"),
      calling("code_interpreter", { code: "x / 0" }, "call_2"),
      calling("code_interpreter", { code: "print(x + 22)" }, "call_3"),
      { content: "42" },
    );
    const { json } = await ask(CODE);
    expect(json.choices[0].message.content).toBe("42");
    const [first, second, third] = results();
    expect(first).toBe("The code ran and printed nothing.");
    expect(second).toContain("ZeroDivisionError");
    expect(third).toContain("42");
  });

  it("may come without JSON around it, and in calls without ids", async () => {
    for (let step = 0; step < 2; step++) {
      upstream.next((reply) => {
        const call = { function: { name: "code_interpreter", arguments: "print(6 * 7)" } };
        const message = { role: "assistant", content: null, tool_calls: [call] };
        const choices = [{ index: 0, message, finish_reason: "tool_calls" }];
        reply.writeHead(200, { "content-type": "application/json" });
        reply.end(JSON.stringify({ id: "c", model: "gpt-4o", choices }));
      });
    }
    answers({ content: "42" });
    await ask(CODE);
    expect(results()).toHaveLength(2);
    expect(results()[0]).toContain("42");
    const ids = upstream.calls
      .at(-1)
      ?.body.messages.flatMap(({ tool_calls: calls }: any) =>
        (calls ?? []).map(({ id }: any) => id),
      );
    expect(new Set(ids).size).toBe(2);
  });

  it("makes files that stand behind the answer, except in answers for machines", async () => {
    const making = calling("code_interpreter", { code: "open('a.svg', 'w').write('<svg/>')" });
    answers(making, { content: "Done." });
    const shown = await ask(CODE);
    expect(shown.json.choices[0].message.content).toMatch(
      /^Done\.\n\n!\[a\.svg\]\(\/openai\/v1\/files\/file-\w+\/content\)$/u,
    );
    answers(making, { content: '{"done":true}' });
    const machine = await ask({ ...CODE, response_format: { type: "json_object" } });
    expect(machine.json.choices[0].message.content).toBe('{"done":true}');
    const { json } = await server.call("GET", "/openai/v1/files?purpose=assistants_output");
    expect(json.data.filter(({ filename }: any) => filename === "a.svg")).toHaveLength(2);
  });

  it("goes on in the next question of a kept conversation, and in no other", async () => {
    const begin = async (): Promise<string> =>
      (await server.call("POST", "/groundwire/conversations", {})).json.id;
    const [first, second] = [await begin(), await begin()];
    const run = async (conversation_id: string, code: string): Promise<string> => {
      answers(calling("code_interpreter", { code }), { content: "Done." });
      expect((await ask({ ...CODE, conversation_id })).status).toBe(200);
      return results().at(-1) ?? "";
    };
    await run(first, "rates = 41");
    expect(await run(first, "print(rates + 1)")).toContain("42");
    expect(await run(second, "print(rates + 1)")).toContain("NameError");
  });

  it("reads the caller's own files only", async () => {
    const unknown = await ask({
      ...CODE,
      tool_resources: { code_interpreter: { file_ids: ["file-of-somebody-else"] } },
    });
    expect(unknown.status).toBe(404);
    expect(unknown.json.error.message).toContain("file-of-somebody-else");
    expect(upstream.calls).toEqual([]);
  });

  it("is refused with 503 where it is switched off", async () => {
    await using off = await startTestServer({
      OPENAI_BASE_URL: upstream.baseUrl,
      GROUNDWIRE_CODE_INTERPRETER: "off",
    });
    for (const stream of [false, true]) {
      const { status, json } = await ask({ ...CODE, stream }, {}, off);
      expect(status).toBe(503);
      expect(json.error.code).toBe("code_interpreter_unavailable");
    }
    expect(upstream.calls).toEqual([]);
  });

  it("is not offered when no tool may be chosen", async () => {
    answers({ content: "Hello." });
    await ask({ ...CODE, tool_choice: "none" });
    expect(upstream.calls[0]?.body).not.toHaveProperty("tools");
  });
});

describe("a model that takes no tools", () => {
  const block = (code: string): string => `Let me see:\n\`\`\`python\n${code}\n\`\`\`\n`;

  it.each([[false], [true]])(
    "answers with one block of Python, which is run once, streamed: %s",
    async (stream) => {
      const file = await server.upload("sales.csv", "month,sales\nJanuary,10\nFebruary,32\n");
      answers(
        { content: block("print(sum([10, 32]))\nopen('sum.txt', 'w').write('42')") },
        { content: "The sum is 42. Not run: ```python\n1\n```" },
      );
      const { json, text } = await ask({
        ...CODE,
        model: "o1-mini",
        stream,
        tool_resources: { code_interpreter: { file_ids: [file] } },
      });
      const content = stream
        ? chunksOf(text)
            .map(({ delta }) => delta.content ?? "")
            .join("")
        : json.choices[0].message.content;
      expect(content).toMatch(/^The sum is 42\. Not run: [\s\S]*\[sum\.txt\]\(\/openai/u);
      const [first, second] = upstream.calls.map(({ body }) => body);
      expect(upstream.calls).toHaveLength(2);
      expect(first).not.toHaveProperty("tools");
      expect(first.messages[0].content).toContain('"sales.csv"');
      expect(second.messages.at(-1)).toMatchObject({ role: "user" });
      expect(second.messages.at(-1).content).toContain("Output:\n42");
    },
  );

  it.each([
    ["no block", "Just words."],
    ["several blocks", `${block("1")}${block("2")}`],
    ["a block of another language", "```sql\nselect 1\n```"],
  ])("is taken at its word with %s", async (_what, content) => {
    answers({ content });
    const { json } = await ask({ ...CODE, model: "o1-mini" });
    expect(json.choices[0].message.content).toBe(content);
    expect(upstream.calls).toHaveLength(1);
  });

  it("is recognised by what its server says", async () => {
    upstream.next((reply) => {
      const message = "registry.ollama.ai/library/gemma:2b does not support tools";
      reply.writeHead(400).end(JSON.stringify({ error: { message } }));
    });
    // Asked again without tools, it does not know of blocks yet.
    answers(
      { content: "I cannot compute." },
      { content: block("print(6 * 7)") },
      { content: "42" },
    );
    const { json } = await ask({ ...CODE, model: "gemma:2b" });
    expect(json.choices[0].message.content).toBe("42");
    expect(upstream.calls.at(-1)?.body.messages.at(-1).content).toContain("Output:\n42");
  });
});

describe("functions beside hosted tools", () => {
  const both = { tools: [WEATHER, { type: "code_interpreter" }] };

  it("come first when both are called at once", async () => {
    const calls = [
      ...(calling("code_interpreter", { code: "print(1)" }).calls ?? []),
      ...(calling("weather", {}).calls ?? []),
    ];
    for (const stream of [false, true]) {
      answers({ calls });
      const { json, text } = await ask({ ...both, stream });
      const called = stream
        ? chunksOf(text).flatMap(({ delta }) => delta.tool_calls ?? [])
        : json.choices[0].message.tool_calls;
      expect(called[0]).toMatchObject({ id: "call_of_weather", function: { name: "weather" } });
      if (stream) expect(new Set(called.map(({ index }: any) => index))).toEqual(new Set([0]));
      else expect(called).toHaveLength(1);
    }
    expect(upstream.calls).toHaveLength(2);
  });

  it("keep their name when a hosted tool has the same", async () => {
    const own = { ...WEATHER, function: { ...WEATHER.function, name: "code_interpreter" } };
    answers(
      calling("code_interpreter_2", { code: "print(6 * 7)" }),
      calling("code_interpreter", {}),
    );
    const { json } = await ask({ tools: [own, { type: "code_interpreter" }] });
    expect(results()[0]).toContain("42");
    expect(json.choices[0].message.tool_calls[0].function.name).toBe("code_interpreter");
  });

  it.each([
    ["required", "required"],
    [{ type: "code_interpreter" }, { type: "function", function: { name: "code_interpreter" } }],
    [WEATHER_CHOICE(), WEATHER_CHOICE()],
  ])("are demanded by %j once", async (tool_choice, sent) => {
    answers(calling("code_interpreter", { code: "1" }), { content: "1" });
    await ask({ ...both, tool_choice });
    expect(upstream.calls.map(({ body }) => body.tool_choice)).toEqual([sent, "auto"]);
  });

  it("do not keep the model from being asked when no document is found", async () => {
    answers(calling("weather", {}));
    const { json } = await ask({
      messages: [{ role: "user", content: "Does it rain in Bergen?" }],
      data_sources: [{ type: "file_search", parameters: { vector_store_id: handbook } }],
      tools: [WEATHER],
    });
    expect(json.choices[0].finish_reason).toBe("tool_calls");
  });
});

function WEATHER_CHOICE() {
  return { type: "function", function: { name: "weather" } };
}

describe("bounds", () => {
  it("end the tools: the model is asked once more, and may call none", async () => {
    await using bounded = await startBounded("tools: { steps: 2 }");
    const more = calling("code_interpreter", { code: "1" });
    answers(more, more, { content: "That far." });
    const { json } = await ask(CODE, { "x-groundwire-trace": "1" }, bounded);
    expect(upstream.calls.map(({ body }) => body.tool_choice)).toEqual([
      undefined,
      undefined,
      "none",
    ]);
    expect(json.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "That far.", x_groundwire: { trace: { tools_ended_by: "steps" } } },
    });
    expect(json.usage.total_tokens).toBe(3 * 140);

    answers(more, more, more);
    const insisting = await ask(CODE, {}, bounded);
    expect(insisting.json.choices[0].finish_reason).toBe("length");
  });

  it.each([
    ["tokens", "tools: { tokens: 100 }"],
    ["seconds", "tools: { seconds: 0.000001 }"],
  ])("are in %s, too", async (bound, configuration) => {
    await using bounded = await startBounded(configuration);
    if (bound === "tokens") answers(calling("code_interpreter", { code: "1" }));
    answers({ content: "That far." });
    const { json } = await ask(CODE, { "x-groundwire-trace": "1" }, bounded);
    expect(json.choices[0].message.x_groundwire.trace.tools_ended_by).toBe(bound);
    expect(upstream.calls.at(-1)?.body.tool_choice).toBe("none");
  });

  it("leave the seventeenth call of one turn undone", async () => {
    const calls = Array.from({ length: 17 }, (_, index) => ({
      id: `call_${index}`,
      type: "function",
      function: { name: "file_search", arguments: JSON.stringify({ query: `bicycles ${index}` }) },
    }));
    answers({ calls }, { content: "140 places [doc2]." });
    await ask(searching());
    const given = results();
    expect(given).toHaveLength(17);
    expect(given.slice(0, 16)).not.toContain("Not done: too many calls at once, or no time left.");
    expect(given[16]).toBe("Not done: too many calls at once, or no time left.");
  });

  it("end code that takes too long", async () => {
    await using bounded = await startBounded("tools: { seconds: 4 }");
    answers(calling("code_interpreter", { code: "while True: pass" }), { content: "It hung." });
    const { json } = await ask(CODE, {}, bounded);
    expect(json.choices[0].message.content).toBe("It hung.");
    expect(results()[0]).toContain("not done in time");
  });
});

async function startBounded(configuration: string): Promise<TestServer> {
  const path = join(await mkdtemp(join(tmpdir(), "groundwire-tools-")), "groundwire.yaml");
  await writeFile(path, configuration);
  return startTestServer({ OPENAI_BASE_URL: upstream.baseUrl, GROUNDWIRE_CONFIG: path });
}

describe("callers who ask are told of the steps", () => {
  const script = (): void =>
    answers(
      calling("file_search", { query: "places for bicycles" }),
      calling("code_interpreter", { code: "open('a.txt', 'w').write('a')" }),
      { content: "There are 140 places for bicycles [doc2]." },
    );
  const request = () => ({
    ...searching(),
    tools: [{ type: "file_search" }, { type: "code_interpreter" }],
  });
  const steps = [
    { index: 0, tool: "file_search", query: "places for bicycles", status: "completed", found: 1 },
    {
      index: 1,
      tool: "code_interpreter",
      code: "open('a.txt', 'w').write('a')",
      status: "completed",
      files: [{ filename: "a.txt", bytes: 1, media_type: "text/plain" }],
    },
  ];
  const ASKING = { "x-groundwire-extensions": "1" };

  it("in a whole answer", async () => {
    script();
    const { json } = await ask(request(), ASKING);
    expect(json.choices[0].message.x_groundwire.steps).toMatchObject(steps);
    script();
    const plain = await ask(request());
    expect(JSON.stringify(plain.json)).not.toContain("x_groundwire");
  });

  it("in a stream, as they happen, with the citations there are by then", async () => {
    script();
    const { text } = await ask({ ...request(), stream: true }, ASKING);
    const chunks = chunksOf(text);
    const told = chunks.flatMap(({ delta }) => delta.x_groundwire?.steps ?? []);
    const merged = [0, 1].map((index) =>
      Object.assign({}, ...told.filter((step) => step.index === index)),
    );
    expect(told).toHaveLength(4);
    expect(merged).toMatchObject(steps);
    const counts = chunks.flatMap(({ delta }) => delta.context?.citations.length ?? []);
    expect(counts).toEqual([1, 2]);
    for (const { delta, end_turn: endTurn } of chunks.slice(1, -1)) {
      expect(typeof delta.content).toBe("string");
      expect(endTurn).toBe(false);
    }
  });

  it("in the trace", async () => {
    script();
    const { json } = await ask(request(), { "x-groundwire-trace": "1" });
    expect(json.choices[0].message.x_groundwire.trace).toMatchObject({
      steps: [
        { tool: "file_search", status: "completed", given: 1 },
        { tool: "code_interpreter", status: "completed", given: 1 },
      ],
      tools_ended_by: null,
      calls: [{ purpose: "tools" }, { purpose: "tools" }, { purpose: "answer" }],
    });
  });
});
