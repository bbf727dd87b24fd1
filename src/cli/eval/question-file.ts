import { z } from "zod";

import { UsageError } from "../usage.ts";

const questionSchema = z.object({
  id: z.string().optional(),
  question: z.string().trim().min(1),
  history: z.array(z.looseObject({ role: z.string(), content: z.unknown() })).default([]),
  answers: z.array(z.string().trim().min(1)).default([]),
  gold: z
    .array(
      z.object({
        file: z.string().min(1),
        page: z.int().min(1).optional(),
        quote: z.string().trim().min(1).optional(),
      }),
    )
    .default([]),
  unanswerable: z.boolean().default(false),
});

/** A question with what is known of its answer. Without an id its line is one. */
export type EvalQuestion = z.output<typeof questionSchema> & { id: string };

/** Questions of a file of JSON lines. @throws UsageError naming every line that is wrong, and ids that stand twice. */
export function readQuestions(text: string): EvalQuestion[] {
  const problems: string[] = [];
  const questions: EvalQuestion[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const parsed = questionSchema.safeParse(parseLine(line));
    if (parsed.success) {
      questions.push({ ...parsed.data, id: parsed.data.id ?? `line ${index + 1}` });
    } else {
      const [issue] = parsed.error.issues;
      const where = issue?.path.length ? `'${issue.path.join(".")}': ` : "";
      problems.push(`line ${index + 1}: ${where}${issue?.message ?? "not a question"}`);
    }
  }
  const ids = questions.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  for (const id of new Set(twice)) problems.push(`the id '${id}' stands more than once`);
  if (problems.length > 0)
    throw new UsageError(`Not all lines are questions:\n${problems.join("\n")}`);
  if (questions.length === 0) throw new UsageError("There are no questions in the file.");
  return questions;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
