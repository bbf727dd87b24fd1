import type { AnswerEvent } from "../../protocol/events.ts";
import { hostedToolsOf } from "../../protocol/hosted-tools.ts";
import { workFileNames } from "../../tools/code-interpreter/file-names.ts";
import {
  tableAskedFor,
  tableSummary,
  tableSummaryCode,
} from "../../tools/code-interpreter/summarise-table.ts";
import type { Conversation } from "../conversation.ts";
import { modelName, usageOf } from "../refuse.ts";
import type { Run } from "../run.ts";
import { openInterpreter } from "../tools/interpreter.ts";
import { linksFor } from "../tools/link-gate.ts";

/** The table that is to be summarised without a model: one that the question names or, with nothing else to answer from, the first. */
export function tableToSummarise(
  { question }: Run,
  { question: asked }: Conversation,
): string | null {
  if (!hostedToolsOf(question.chat).has("code_interpreter")) return null;
  const table = tableAskedFor(asked, workFileNames(question.files.map(({ name }) => name)));
  if (table === null || question.sources.length === 0) return table;
  return asked.toLowerCase().includes(table.toLowerCase()) ? table : null;
}

/**
 * Shape, columns, types, statistics and a chart of a table, by code of ours in the sandbox.
 * @throws GroundwireError `code_interpreter_unavailable`, `rate_limited`
 */
export async function* summarise(
  run: Run,
  { question: asked }: Conversation,
  table: string,
): AsyncGenerator<AnswerEvent> {
  const interpreter = await openInterpreter(run);
  try {
    const code = await tableSummaryCode(table, asked);
    const { seconds } = run.services.toolBounds;
    const { outcome, files, text: failure } = yield* interpreter.run(code, seconds);
    const summary = outcome === null ? failure : tableSummary(table, outcome);
    const text = [summary, linksFor(files, summary)].filter(Boolean).join("\n\n");
    yield { type: "text-delta", text };
    yield { type: "usage", usage: usageOf(asked, text) };
    yield { type: "finish", reason: "stop", model: modelName(run.question) };
  } finally {
    await interpreter.close();
  }
}
