import { globSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { startTestServer, type TestServer } from "../test/support/server.ts";
import { measureAnswer, type Asked, type Question, summarize } from "./answer-measures.ts";

/**
 * Asks questions of a folder of files through the HTTP API, with the built-in answerer, and prints how well it went:
 * npm run bench -- answers [--out FILE] [--strictness 1…5] FOLDER QUESTIONS.jsonl [FOLDER QUESTIONS.jsonl …]
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string" }, strictness: { type: "string", default: "3" } },
});

async function askAll(folder: string, questions: Question[]): Promise<Asked[]> {
  await using server = await startTestServer();
  // Questions may lie beside the documents; they are none.
  const names = globSync("**/*.*", { cwd: folder, exclude: ["**/*.jsonl"] }).toSorted();
  const files: Record<string, Uint8Array> = {};
  for (const name of names) files[name] = await readFile(join(folder, name));
  const storeId = await server.storeOf(files);
  const asked: Asked[] = [];
  for (const question of questions) asked.push(await ask(server, storeId, question));
  return asked;
}

async function ask(server: TestServer, storeId: string, question: Question): Promise<Asked> {
  const started = process.cpuUsage();
  const { status, text, json } = await server.call("POST", "/openai/v1/chat/completions", {
    model: "groundwire",
    messages: [...(question.history ?? []), { role: "user", content: question.question }],
    data_sources: [
      {
        type: "file_search",
        parameters: {
          vector_store_id: storeId,
          strictness: Number(values.strictness),
          include_contexts: ["citations", "intent", "all_retrieved_documents"],
        },
      },
    ],
  });
  if (status !== 200) throw new Error(`${question.question}: ${status} ${text}`);
  const { content, context } = json.choices[0].message;
  const { user, system } = process.cpuUsage(started);
  return {
    question,
    content,
    citations: context.citations,
    retrieved: context.all_retrieved_documents,
    cpuMs: (user + system) / 1_000,
  };
}

if (values.out !== undefined) await writeFile(values.out, "");
const rows = [];
for (let at = 0; at + 1 < positionals.length; at += 2) {
  const [folder = "", path = ""] = positionals.slice(at, at + 2);
  const lines = (await readFile(path, "utf8")).split("\n").filter(Boolean);
  // The lines are the operator's own.
  const questions = lines.map((line) => JSON.parse(line) as Question);
  const measured = (await askAll(folder, questions)).map(measureAnswer);
  rows.push({ set: path.split("/").at(-1), ...summarize(measured) });
  if (values.out !== undefined)
    await appendFile(values.out, measured.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
console.table(rows);
