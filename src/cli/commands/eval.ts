import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { type ChunkCitation, type Client, ClientError } from "../../client/http-client.ts";
import { connect } from "../connect.ts";
import { toHtmlReport } from "../eval/html-report.ts";
import { type EvalQuestion, readQuestions } from "../eval/question-file.ts";
import { type EarlierRun, earlierRunSchema, type Result, toResult, toRun } from "../eval/run.ts";
import type { Reply } from "../eval/score.ts";
import { toTable } from "../eval/table.ts";
import { SERVER_OPTIONS, SERVER_OPTIONS_HELP } from "../options.ts";
import { createProgress } from "../progress.ts";
import { requireStore } from "../store.ts";
import { printable } from "../terminal.ts";
import { EXIT, UsageError } from "../usage.ts";

const HELP = `Asks questions with known answers and says how good the answers are.

Usage: groundwire eval <questions.jsonl> --store <name or id>

  --store <name or id>   where to look
  --model <name>         deployment that answers (groundwire)
  --strictness <1 to 5>  as in a request (3)
  --top-n <n>            documents an answer is given (5)
  --filter <OData>       only files whose attributes pass
  --concurrency <n>      questions asked at the same time (2)
  --json <file>          write the run
  --html <file>          write a report to be read in a browser
  --compare <file>       a run written before: say what is better and worse
${SERVER_OPTIONS_HELP}

Each line of the file: {"question": "…", "id"?, "history"?: [messages], "answers"?: ["…"], "gold"?: [{"file", "page"?, "quote"?}],
"unanswerable"?: true}. Exit code 1 when a question could not be asked, 2 when the file is wrong.

Example: groundwire eval samples/questions.jsonl --store "Sample handbook" --html report.html
`;

const OPTIONS = {
  store: { type: "string" },
  model: { type: "string", default: "groundwire" },
  strictness: { type: "string" },
  "top-n": { type: "string" },
  filter: { type: "string" },
  concurrency: { type: "string", default: "2" },
  json: { type: "string" },
  html: { type: "string" },
  compare: { type: "string" },
  ...SERVER_OPTIONS,
} as const;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const [path] = positionals;
  if (path === undefined || positionals.length > 1)
    throw new UsageError("Which file of questions?");
  if (values.store === undefined) throw new UsageError("Which store? Name it with --store.");
  const concurrency = wholeNumber("--concurrency", values.concurrency, 32) ?? 1;
  const asking = {
    strictness: wholeNumber("--strictness", values.strictness, 5),
    top_n_documents: wholeNumber("--top-n", values["top-n"], 100),
    filter: values.filter,
  };
  const questions = readQuestions(await readFile(path, "utf8"));
  const earlier = values.compare === undefined ? null : await readEarlier(values.compare);

  await using connection = await connect(values, signal);
  const { client } = connection;
  const store = await requireStore(client, values.store);
  const parameters = { vector_store_id: store.id, ...defined(asking) };
  const results = await askAll(questions, {
    concurrency,
    signal,
    ask: (question) => ask(client, { model: values.model, parameters, question }),
  });
  const made = toRun(results, {
    settings: {
      questions: path,
      store: store.name ?? store.id,
      model: values.model,
      ...stringified(asking),
    },
    now: Math.floor(Date.now() / 1000),
  });
  process.stdout.write(printable(toTable(made, earlier)));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(made, null, 2)}\n`);
  if (values.html !== undefined) await writeFile(values.html, toHtmlReport(made, earlier));
  return made.failed > 0 ? EXIT.failed : EXIT.ok;
}

/** All questions, some at a time; results are in the order of the file. */
async function askAll(
  questions: EvalQuestion[],
  {
    concurrency,
    signal,
    ask: askOne,
  }: {
    concurrency: number;
    signal: AbortSignal;
    ask: (question: EvalQuestion) => Promise<Reply>;
  },
): Promise<Result[]> {
  const progress = process.stderr.isTTY ? createProgress(process.stderr, questions.length) : null;
  const results = new Map<string, Result>();
  const waiting = questions.values();
  async function work(): Promise<void> {
    for (const question of waiting) {
      signal.throwIfAborted();
      progress?.show(question.question);
      const result = toResult(question, await askOne(question));
      results.set(question.id, result);
      if (result.error !== null) {
        const line = `✗ ${question.id}: ${result.error}`;
        if (progress) progress.finish(line);
        else process.stderr.write(`${printable(line)}\n`);
      } else progress?.advance();
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  progress?.end();
  return questions.flatMap(({ id }) => results.get(id) ?? []);
}

/** What the server answers. That it refuses one question does not end the others; that nobody is there does. */
async function ask(
  client: Client,
  {
    model,
    parameters,
    question: { question, history },
  }: { model: string; parameters: object; question: EvalQuestion },
): Promise<Reply> {
  const started = performance.now();
  let answer = "";
  let citations: ChunkCitation[] = [];
  let tokens: number | null = null;
  let problem: string | null = null;
  try {
    const chunks = client.chat({
      model,
      messages: [...history, { role: "user", content: question }],
      stream_options: { include_usage: true },
      data_sources: [{ type: "file_search", parameters }],
    });
    for await (const { choices, usage } of chunks) {
      citations = choices[0]?.delta.context?.citations ?? citations;
      answer += choices[0]?.delta.content ?? "";
      tokens = usage?.total_tokens ?? tokens;
    }
  } catch (error) {
    if (!(error instanceof ClientError) || error.status === 401) throw error;
    problem = error.message;
  }
  const milliseconds = Math.round(performance.now() - started);
  return { answer, citations, milliseconds, tokens, error: problem };
}

async function readEarlier(path: string): Promise<EarlierRun> {
  const text = await readFile(path, "utf8");
  try {
    return earlierRunSchema.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${path} is no run that --json has written.`);
  }
}

function wholeNumber(option: string, value: string | undefined, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new UsageError(`${option} is a number from 1 to ${most}.`);
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function stringified(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(defined(values)).map(([name, value]) => [name, String(value)]),
  );
}
