import { parseArgs } from "node:util";

import type { AnswerChunk, ChunkCitation, Client } from "../../client/http-client.ts";
import { connect } from "../connect.ts";
import { explain } from "../explain.ts";
import { readQuery, SERVER_OPTIONS, SERVER_OPTIONS_HELP } from "../options.ts";
import { requireStore } from "../store.ts";
import { printable } from "../terminal.ts";
import { EXIT } from "../usage.ts";

const HELP = `Asks a store. The answer is streamed; its sources are listed below it.

Usage: groundwire ask --store <name or id> "question"

  --store <name or id>  where to look
  --model <name>        deployment that answers (groundwire)
  --filter <OData>      only files whose attributes pass: "team eq 'hr' and year ge 2024"
  --explain             say how it was answered: queries, passages, prompt, models, unsupported sentences
  --json                print answer and citations as one JSON object
${SERVER_OPTIONS_HELP}

Example: groundwire ask --store handbook "How many days of annual leave do I get?"
`;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      store: { type: "string" },
      model: { type: "string", default: "groundwire" },
      filter: { type: "string" },
      explain: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ...SERVER_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const query = readQuery(positionals, { store: values.store, missing: "What is the question?" });

  await using connection = await connect(values, signal);
  const store = await requireStore(connection.client, query.store);
  let answer = "";
  let citations: ChunkCitation[] = [];
  let extension: Extension = {};
  const request = {
    model: values.model,
    messages: [{ role: "user", content: query.text }],
    data_sources: [
      {
        type: "file_search",
        parameters: {
          vector_store_id: store.id,
          ...(values.filter === undefined ? {} : { filter: values.filter }),
        },
      },
    ],
  };
  for await (const { choices } of connection.client.chat(request, { trace: values.explain })) {
    const delta = choices[0]?.delta;
    extension = delta?.x_groundwire ?? extension;
    citations = delta?.context?.citations ?? citations;
    answer += delta?.content ?? "";
    if (!values.json) process.stdout.write(printable(delta?.content ?? ""));
  }
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ answer, citations, ...extension }, null, 2)}\n`);
  } else {
    const lines = await sourcesOf(answer, citations, (citation, statement) =>
      placeOf(connection.client, { storeId: store.id, statement }, citation),
    );
    process.stdout.write(
      lines.length === 0 ? "\n" : `\n\nSources\n${printable(lines.join("\n"))}\n`,
    );
    const { trace, sentences = [] } = extension;
    if (trace) process.stdout.write(`\n${printable(explain(trace, { answer, sentences }))}\n`);
  }
  return EXIT.ok;
}

type Extension = NonNullable<AnswerChunk["choices"][number]["delta"]["x_groundwire"]>;

/** The cited sources only: `[doc1] handbook.md · Leave policy › Annual leave`. */
async function sourcesOf(
  answer: string,
  citations: ChunkCitation[],
  place: (citation: ChunkCitation, statement: string) => Promise<string>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const [index, citation] of citations.entries()) {
    const marker = `[doc${index + 1}]`;
    const at = answer.indexOf(marker);
    if (at === -1) continue;
    const where = await place(citation, lastSentence(answer.slice(0, at)));
    lines.push(`${marker} ${[citation.filepath, where].filter(Boolean).join(" · ")}`);
  }
  return lines;
}

function lastSentence(text: string): string {
  return (
    text
      .trim()
      .split(/(?<=[.!?])\s+|\n/u)
      .at(-1) ?? ""
  );
}

/** Page of the citation where its document has pages, else the headings above what it is cited for. */
async function placeOf(
  client: Client,
  { storeId, statement }: { storeId: string; statement: string },
  { url, chunk_id: chunkId, content }: ChunkCitation,
): Promise<string> {
  const page = /#page=(\d+)/u.exec(url ?? "")?.[1];
  if (page !== undefined) return `page ${page}`;
  const fileId = /files\/(file-\w+)/u.exec(url ?? "")?.[1];
  const chunk = fileId === undefined ? null : await client.fileChunk(storeId, fileId, chunkId);
  const shown = chunk?.passages.filter(({ text }) => content.includes(text)) ?? [];
  const passage = mostAlike(shown, statement);
  return passage ? passage.heading_path.join(" › ") || passage.label : "";
}

/** A citation shows several passages; the one with most words of the statement is where it stands. */
function mostAlike<T extends { text: string }>(passages: T[], statement: string): T | undefined {
  const words = new Set(wordsOf(statement));
  const shared = ({ text }: T): number =>
    new Set(wordsOf(text).filter((word) => words.has(word))).size;
  return passages.toSorted((left, right) => shared(right) - shared(left))[0];
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
