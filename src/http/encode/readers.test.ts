import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AnswerEvent, Citation } from "../../protocol/events.ts";
import { createSseDecoder, DONE } from "../../protocol/sse.ts";
import { chatCompletionsDialect } from "./chat-completions.ts";
import type { Dialect, ReplyIdentity } from "./dialect.ts";
import { extensionsDialect } from "./extensions.ts";
import { onYourDataDialect } from "./on-your-data.ts";

const IDENTITY: ReplyIdentity = {
  id: "92f715be-cfc4-4ae6-80f8-c86b7955f6af",
  created: 1712077271,
  model: "gpt-4o",
  includeContexts: ["citations", "intent", "all_retrieved_documents"],
  includeUsage: false,
  tellsSteps: false,
};

/** One answer, whatever pieces it comes in. */
interface Answer {
  queries: string[];
  citations: Citation[];
  reasoning: string[];
  text: string[];
  calls: { id: string; name: string; pieces: string[] }[];
}

function eventsOf({ queries, citations, reasoning, text, calls }: Answer): AnswerEvent[] {
  const retrieved = citations.map((citation, index) => ({
    ...citation,
    search_queries: queries,
    data_source_index: 0,
    original_search_score: 1 / (index + 1),
  }));
  return [
    { type: "search-queries", queries },
    { type: "citations", citations, retrieved },
    ...reasoning.map((piece) => ({ type: "reasoning-delta", text: piece }) as const),
    ...text.map((piece) => ({ type: "text-delta", text: piece }) as const),
    ...calls.flatMap(({ id, name, pieces }, index): AnswerEvent[] => [
      { type: "tool-call-start", index, id, name },
      ...pieces.map(
        (argumentsText) => ({ type: "tool-call-delta", index, argumentsText }) as const,
      ),
    ]),
    { type: "finish", reason: calls.length > 0 ? "tool_calls" : "stop", model: "gpt-4o" },
  ];
}

function bytesOf(dialect: Dialect, answer: Answer): string {
  const encoder = dialect.stream();
  return (
    eventsOf(answer)
      .map((event) => encoder.encode(event))
      .join("") + encoder.end()
  );
}

function chunksOf(dialect: Dialect, answer: Answer): any[] {
  const decoder = createSseDecoder();
  const bytes = new TextEncoder().encode(bytesOf(dialect, answer));
  const data = [...decoder.push(bytes), ...decoder.end()].map((event) => event.data);
  return data.filter((text) => text !== DONE).map((text) => JSON.parse(text));
}

function bodyOf(dialect: Dialect, answer: Answer): any {
  return JSON.parse(JSON.stringify(dialect.body([...eventsOf(answer)])));
}

/** Reads as the accelerator "chat with your data" does: an index on every choice, a role means citations, the end is told. */
function readUntilEndTurn(chunks: any[]) {
  let context: any;
  let text = "";
  for (const { choices } of chunks) {
    const [choice] = choices;
    if (!("end_turn" in choice)) throw new Error("a choice without end_turn");
    if (choice.end_turn) return { context, text };
    if (choice.delta.role === "assistant") {
      for (const { content, title, url } of choice.delta.context.citations)
        if (content === undefined || title === undefined || url === undefined)
          throw new Error("a citation lacks a key");
      context = choice.delta.context;
    } else if (typeof choice.delta.content === "string") text += choice.delta.content;
    else throw new Error("a chunk without text");
  }
  throw new Error("the end was not told");
}

/** Reads as the sample application does: a delta with a context becomes a tool message, and its content is lost. */
function readContextsAsTools(chunks: any[]) {
  const messages: { role: string; content: string }[] = [];
  for (const { choices } of chunks) {
    if (choices.length === 0) continue;
    const { delta } = choices[0];
    if ("context" in delta) messages.push({ role: "tool", content: JSON.stringify(delta.context) });
    else if (delta.content) messages.push({ role: "assistant", content: delta.content });
  }
  const text = messages.filter(({ role }) => role === "assistant").map(({ content }) => content);
  const tools = messages.filter(({ role }) => role === "tool").map(({ content }) => content);
  return { tools, text: text.join("") };
}

/** Any client that adds up what it gets. */
function readAll(chunks: any[]) {
  const calls: Record<string, unknown>[] = [];
  let text = "";
  let reasoning = "";
  for (const { delta } of chunks.flatMap(({ choices }) => choices)) {
    text += delta.content ?? "";
    reasoning += delta.reasoning_content ?? "";
    for (const { index, function: part, ...head } of delta.tool_calls ?? []) {
      const known = (calls[index] ??= { ...head, function: { name: part.name, arguments: "" } });
      (known["function"] as { arguments: string }).arguments += part.arguments; // made just above
    }
  }
  return { text, reasoning, calls, finish: chunks.at(-1)?.choices[0].finish_reason };
}

const citation: fc.Arbitrary<Citation> = fc.record({
  content: fc.string({ unit: "grapheme" }),
  title: fc.option(fc.string()),
  url: fc.option(fc.webUrl()),
  filepath: fc.option(fc.string()),
  chunk_id: fc.nat().map(String),
});

/** The same answer cut in two ways; cuts may fall inside a character. */
const twoCuts = fc
  .record({
    queries: fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }),
    citations: fc.array(citation, { maxLength: 3 }),
    reasoning: fc.string({ unit: "binary" }),
    text: fc.string({ unit: "grapheme" }),
    calls: fc.array(fc.record({ id: fc.uuid(), name: fc.string(), args: fc.json() }), {
      maxLength: 2,
    }),
  })
  .chain(({ reasoning, text, calls, ...rest }) => {
    const once: fc.Arbitrary<Answer> = fc.record({
      queries: fc.constant(rest.queries),
      citations: fc.constant(rest.citations),
      reasoning: cut(reasoning),
      text: cut(text),
      calls: fc.tuple(
        ...calls.map(({ args, ...call }) => cut(args).map((pieces) => ({ ...call, pieces }))),
      ),
    });
    return fc.tuple(once, once);
  });

function cut(text: string): fc.Arbitrary<string[]> {
  return fc.array(fc.nat({ max: text.length }), { maxLength: 6 }).map((places) => {
    const edges = [0, ...places.toSorted((left, right) => left - right), text.length];
    return edges.slice(1).map((end, index) => text.slice(edges[index], end));
  });
}

const wordsOnly = twoCuts.map((answers) => answers.map((answer) => ({ ...answer, calls: [] })));

describe.each([
  ["On Your Data", onYourDataDialect(IDENTITY)],
  ["plain chat", chatCompletionsDialect(IDENTITY)],
])("a stream of %s, however its events are cut", (_name, dialect) => {
  test("adds up to the whole answer", () => {
    fc.assert(
      fc.property(twoCuts, ([first, second]) => {
        const { choices } = bodyOf(dialect, first);
        const { content, reasoning_content, tool_calls, context } = choices[0].message;
        for (const answer of [first, second]) {
          const chunks = chunksOf(dialect, answer);
          expect(readAll(chunks)).toEqual({
            text: content ?? "",
            reasoning: reasoning_content ?? "",
            calls: tool_calls ?? [],
            finish: choices[0].finish_reason,
          });
          expect(chunks[0].choices[0].delta.context).toEqual(context);
        }
      }),
    );
  });
});

describe("the readers of On Your Data streams", () => {
  const dialect = onYourDataDialect(IDENTITY);

  test("read the same text and the same context, however the events are cut", () => {
    fc.assert(
      fc.property(wordsOnly, (answers) => {
        for (const answer of answers) {
          const chunks = chunksOf(dialect, answer);
          const { message } = bodyOf(dialect, answer).choices[0];
          expect(readUntilEndTurn(chunks)).toEqual({
            context: message.context,
            text: message.content,
          });
          expect(readContextsAsTools(chunks)).toEqual({
            tools: [JSON.stringify(message.context)],
            text: message.content,
          });
        }
      }),
    );
  });

  test("find every citation among the retrieved documents, and the intent as a list", () => {
    fc.assert(
      fc.property(wordsOnly, ([answer]) => {
        if (!answer) return;
        const { context } = readUntilEndTurn(chunksOf(dialect, answer));
        for (const { content, title, url, filepath, chunk_id } of context.citations) {
          const same = { content, title, url, filepath, chunk_id };
          expect(context.all_retrieved_documents).toContainEqual(expect.objectContaining(same));
        }
        expect(JSON.parse(context.intent)).toEqual(answer.queries);
      }),
    );
  });
});

describe.each(["2023-06-01-preview", "2023-08-01-preview"])("the stream of %s", (version) => {
  const dialect = extensionsDialect(IDENTITY, version);

  test("adds up to the whole answer, however its events are cut", () => {
    fc.assert(
      fc.property(wordsOnly, (answers) => {
        for (const answer of answers) {
          const [choice] = bodyOf(dialect, answer).choices;
          const whole = choice.messages ?? [choice.message.context.messages[0], choice.message];
          const deltas = chunksOf(dialect, answer).map(
            ({ choices }) => choices[0].messages?.[0].delta ?? choices[0].delta,
          );
          const tool = deltas[0].context?.messages[0] ?? deltas[0];
          expect(tool.content).toBe(whole[0].content);
          const texts = deltas
            .slice(1, -1)
            .filter(({ role }) => role === undefined)
            .map(({ content }) => content);
          expect(texts.join("")).toBe(whole[1].content);
        }
      }),
    );
  });
});

test("only clients of 2023-06-01-preview get nothing but JSON: no comment, no other end", () => {
  const [june, august] = ["2023-06-01-preview", "2023-08-01-preview"].map((version) =>
    extensionsDialect(IDENTITY, version),
  );
  expect([june?.takesComments, august?.takesComments]).toEqual([false, true]);
  const answer = { queries: [], citations: [], reasoning: [], text: ["x"], calls: [] };
  const lines = june ? bytesOf(june, answer).split("\n").filter(Boolean) : [];
  for (const line of lines) expect(JSON.parse(line.slice(5))).toHaveProperty("choices");
});
