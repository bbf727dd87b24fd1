import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ScriptedUpstream, startScriptedUpstream } from "../src/testing/scripted-upstream.ts";
import { answerWith, type ModelAnswer } from "./support/model-answers.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

/**
 * Every kind of tool, with documents and without, in both APIs, streamed and whole, by a model that reasons and one that does not.
 * The model uses what it is offered, one after the other, and checks each request as the API it stands for does.
 */
const HANDBOOK = "# Leave policy\n\nFull-time employees get 27 days of annual leave a year.\n";
const PARKING = "# Parking\n\nThe garage in Harbour Street has 140 places for bicycles.\n";
const TABLE = "month,sales\nJanuary,10\nFebruary,32\n";
const QUESTION = "How many days of annual leave do full-time employees get?";
const CODE = [
  "rows = open('sales.csv').read().split()[1:]",
  "open('total.txt', 'w').write('42')",
  "print('total', sum(int(row.split(',')[1]) for row in rows))",
].join("\n");
const PARAMETERS = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
};

interface Offered {
  function: boolean;
  file_search: boolean;
  code_interpreter: boolean;
}

const NOTHING: Offered = { function: false, file_search: false, code_interpreter: false };
const SETS: [name: string, offered: Offered][] = [
  ["no tools", NOTHING],
  ["a function", { ...NOTHING, function: true }],
  ["file_search", { ...NOTHING, file_search: true }],
  ["code_interpreter", { ...NOTHING, code_interpreter: true }],
  ["all", { function: true, file_search: true, code_interpreter: true }],
];

let upstream: ScriptedUpstream;
let server: TestServer;
let handbook: string;
let parking: string;
let table: string;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  server = await startTestServer({ OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "k" });
  handbook = await server.storeOf({ "handbook.md": HANDBOOK });
  parking = await server.storeOf({ "parking.md": PARKING });
  table = await server.upload("sales.csv", TABLE);
  upstream.otherwise((reply, call) => {
    try {
      answerWith(think(call.body))(reply, call);
    } catch (error) {
      reply.writeHead(400).end(JSON.stringify({ error: { message: String(error) } }));
    }
  });
});
afterAll(async () => {
  for (const open of [server, upstream]) await open[Symbol.asyncDispose]();
});
beforeEach(() => void upstream.calls.splice(0));

/** The model: searches, computes, asks the caller's function, then answers from all of it. */
function think(body: any): ModelAnswer {
  checkMessages(body);
  const names: string[] = (body.tools ?? []).map((tool: any) => tool.function.name);
  const results = body.messages.filter(({ role }: any) => role === "tool");
  const called = body.messages.flatMap(({ tool_calls: calls }: any) =>
    (calls ?? []).map((call: any) => call.function.name),
  );
  const call = (name: string, given: object): ModelAnswer => ({
    calls: [
      {
        id: `call_of_${name}`,
        type: "function",
        function: { name, arguments: JSON.stringify(given) },
      },
    ],
  });
  const isResumed = called.includes("weather");
  if (!isResumed && names.includes("file_search") && !called.includes("file_search"))
    return call("file_search", { query: "places for bicycles in the garage" });
  if (!isResumed && names.includes("code_interpreter") && !called.includes("code_interpreter"))
    return call("code_interpreter", { code: CODE });
  if (names.includes("weather") && !isResumed) return call("weather", { city: "Bergen" });
  const read = [...results, body.messages.findLast(({ role }: any) => role === "user")];
  const text = JSON.stringify(read.map(({ content }: any) => content));
  const markers = [...new Set(text.match(/\[doc\d+\]/gu))].join("");
  const said = [
    ...(text.includes("27 days") ? ["27 days of annual leave"] : []),
    ...(text.includes("140 places") ? ["140 places for bicycles"] : []),
    ...(text.includes("total 42") ? ["a total of 42 [total](sandbox:/mnt/data/total.txt)"] : []),
    ...(text.includes("It rains") ? ["it rains"] : []),
  ];
  return { content: `${said.join(", ") || "Hello"} ${markers}${markers === "" ? "" : "[doc77]"}.` };
}

/** As OpenAI does: every call is answered, and every result answers one. */
function checkMessages({ messages, tools = [], model, ...rest }: any): void {
  const open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") expect(open.delete(message.tool_call_id)).toBe(true);
    else expect(open.size).toBe(0);
    for (const { id } of message.tool_calls ?? []) open.add(id);
    expect(
      typeof message.content === "string" || message.tool_calls || message.content,
    ).toBeTruthy();
  }
  expect(open.size).toBe(0);
  for (const tool of tools) {
    expect(tool.type).toBe("function");
    expect(tool.function.parameters.type).toBe("object");
  }
  expect(new Set(tools.map((tool: any) => tool.function.name)).size).toBe(tools.length);
  for (const foreign of ["data_sources", "tool_resources", "container"])
    expect(rest).not.toHaveProperty(foreign);
  if (tools.length === 0) expect(rest).not.toHaveProperty("tool_choice");
  if (model !== "o1") return;
  for (const refused of ["temperature", "max_tokens", "parallel_tool_calls"])
    expect(rest).not.toHaveProperty(refused);
}

/** What a client of either API sees. */
interface Seen {
  text: string;
  /** Names of the functions it is to call. */
  calls: { id: string; name: string }[];
  finish: string;
  /** Titles or names of what the answer cites. */
  cited: string[];
  /** Ids of files the answer links to. */
  files: string[];
  /** Items of the Responses API. */
  items: string[];
}

interface Asking {
  offered: Offered;
  sources: boolean;
  stream: boolean;
  model: string;
}

async function askChat(asking: Asking, more: object[] = []): Promise<Seen> {
  const { json, text, status } = await server.call("POST", "/openai/v1/chat/completions", {
    ...requestOf(asking),
    messages: [{ role: "user", content: QUESTION }, ...more],
    tools: asking.offered.function
      ? [
          { type: "function", function: { name: "weather", parameters: PARAMETERS } },
          ...hosted(asking),
        ]
      : hosted(asking),
    tool_resources: {
      file_search: { vector_store_ids: [parking] },
      code_interpreter: { file_ids: [table] },
    },
    temperature: 0.5,
  });
  expect(status, text).toBe(200);
  const message = asking.stream ? foldChat(text) : json.choices[0].message;
  const finish = asking.stream ? message.finish : json.choices[0].finish_reason;
  const citations = message.context?.citations ?? [];
  const content = message.content ?? "";
  return {
    text: content,
    calls: (message.tool_calls ?? []).map((call: any) => ({
      id: call.id,
      name: call.function.name,
    })),
    finish,
    cited: [...content.matchAll(/\[doc(\d+)\]/gu)].map(
      ([, number]) => citations[Number(number) - 1].filepath,
    ),
    files: [...content.matchAll(/\/files\/(file-\w+)\/content/gu)].map(([, id]) => id ?? ""),
    items: [],
  };
}

function foldChat(text: string): any {
  const seen: any = { content: "", tool_calls: [] };
  for (const line of text.split("\n\n").filter((event) => event.startsWith("data: {"))) {
    const [choice] = JSON.parse(line.slice(6)).choices;
    if (choice === undefined) continue;
    if (choice.delta.context) {
      // Told once, and ahead of the text.
      expect(seen.context).toBeUndefined();
      expect(seen.content).toBe("");
      seen.context = choice.delta.context;
    }
    seen.content += choice.delta.content ?? "";
    for (const { index, ...call } of choice.delta.tool_calls ?? []) seen.tool_calls[index] ??= call;
    seen.finish = choice.finish_reason ?? seen.finish;
  }
  return seen;
}

async function askResponses(asking: Asking, more: object[] = [], previous?: string) {
  const { json, text, status } = await server.call("POST", "/openai/v1/responses", {
    ...requestOf(asking),
    input: more.length > 0 ? more : QUESTION,
    ...(previous === undefined ? {} : { previous_response_id: previous }),
    tools: [
      ...(asking.offered.function
        ? [{ type: "function", name: "weather", parameters: PARAMETERS, strict: false }]
        : []),
      ...hosted(asking).map((tool) => ({
        ...tool,
        ...(tool.type === "file_search" ? { vector_store_ids: [parking] } : {}),
        ...(tool.type === "code_interpreter"
          ? { container: { type: "auto", file_ids: [table] } }
          : {}),
      })),
    ],
    include: ["file_search_call.results", "code_interpreter_call.outputs"],
  });
  expect(status, text).toBe(200);
  const response = asking.stream ? lastEvent(text).response : json;
  const parts = response.output.flatMap(({ content }: any) => content ?? []);
  const spoken = parts.filter(({ type }: any) => type === "output_text");
  const annotations = spoken.flatMap((part: any) => part.annotations);
  const seen: Seen = {
    text: spoken.map((part: any) => part.text).join(""),
    calls: response.output
      .filter(({ type }: any) => type === "function_call")
      .map(({ call_id: id, name }: any) => ({ id, name })),
    finish: response.status,
    cited: annotations.flatMap(({ filename }: any) => filename ?? []),
    files: annotations.flatMap(({ type, file_id: id }: any) => (type === "file_path" ? [id] : [])),
    items: response.output.map(({ type }: any) => type),
  };
  return { seen, response };
}

function lastEvent(text: string): any {
  const events = text.split("\n\n").flatMap((event) => /^data: (.*)$/mu.exec(event)?.[1] ?? []);
  return JSON.parse(events.at(-1) ?? "");
}

function requestOf({ sources, stream, model }: Asking): object {
  return {
    model,
    stream,
    ...(sources
      ? {
          data_sources: [
            { type: "file_search", parameters: { vector_store_id: handbook, in_scope: false } },
          ],
        }
      : {}),
  };
}

function hosted({ offered }: Asking): { type: string }[] {
  return (["file_search", "code_interpreter"] as const)
    .filter((type) => offered[type])
    .map((type) => ({ type }));
}

async function expectFile(id: string): Promise<void> {
  const { text } = await server.call("GET", `/openai/v1/files/${id}/content`);
  expect(text).toBe("42");
  const { json } = await server.call("GET", `/openai/v1/files/${id}`);
  expect(json).toMatchObject({ filename: "total.txt", purpose: "assistants_output", bytes: 2 });
}

describe.each(["gpt-4o", "o1"])("%s", (model) => {
  describe.each([[false], [true]])("documents: %s", (sources) => {
    describe.each([[false], [true]])("streamed: %s", (stream) => {
      describe.each(SETS)("%s", (_name, offered) => {
        const asking = { offered, sources, stream, model };

        async function expectAnswer({ text, finish, cited, files, calls }: Seen): Promise<void> {
          expect(calls).toEqual([]);
          expect(["stop", "completed"]).toContain(finish);
          expect(text.includes("27 days")).toBe(sources);
          expect(text.includes("It rains".toLowerCase())).toBe(offered.function);
          // What the first leg of a request with a function found is looked up again when it is needed.
          if (!offered.function) {
            expect(text.includes("140 places")).toBe(offered.file_search);
            expect(text.includes("total of 42")).toBe(offered.code_interpreter);
            expect(files).toHaveLength(offered.code_interpreter ? 1 : 0);
          }
          for (const id of files) await expectFile(id);
          expect(text).not.toContain("doc77");
          expect(cited.includes("handbook.md")).toBe(sources);
          if (offered.file_search && !offered.function) expect(cited).toContain("parking.md");
        }

        it("in chat completions", async () => {
          const first = await askChat(asking);
          if (!offered.function) return expectAnswer(first);
          expect(first).toMatchObject({ finish: "tool_calls", calls: [{ name: "weather" }] });
          const [call] = first.calls;
          const fn = { name: "weather", arguments: '{"city":"Bergen"}' };
          const second = await askChat(asking, [
            {
              role: "assistant",
              content: first.text || null,
              tool_calls: [{ id: call?.id, type: "function", function: fn }],
            },
            { role: "tool", tool_call_id: call?.id, content: "It rains." },
          ]);
          await expectAnswer(second);
        });

        it("in responses", async () => {
          const { seen: first, response } = await askResponses(asking);
          const expected = [
            ...(sources || offered.file_search ? ["file_search_call"] : []),
            ...(offered.file_search ? ["file_search_call"] : []),
            ...(offered.code_interpreter ? ["code_interpreter_call"] : []),
            ...(offered.function && offered.code_interpreter ? ["message"] : []),
            offered.function ? "function_call" : "message",
          ];
          expect(first.items.toSorted()).toEqual(expected.toSorted());
          const code = response.output.find(({ type }: any) => type === "code_interpreter_call");
          if (offered.code_interpreter) {
            expect(code).toMatchObject({ status: "completed", code: CODE });
            expect(code.outputs[0].logs).toContain("total 42");
          }
          if (!offered.function) return expectAnswer(first);
          const [call] = first.calls;
          const output = { type: "function_call_output", call_id: call?.id, output: "It rains." };
          const { seen } = await askResponses(asking, [output], response.id);
          await expectAnswer(seen);
        });
      });
    });
  });
});
