import { z } from "zod";

import type { EvalQuestion } from "./question-file.ts";
import { type Measure, MEASURES, type Reply, score, type Scores } from "./score.ts";

/** One question of a run, with everything a report shows. */
export interface Result extends Reply {
  id: string;
  question: string;
  unanswerable: boolean;
  answers: string[];
  scores: Scores;
}

export interface Run {
  /** What was asked, and how. */
  settings: Record<string, string>;
  /** Unix seconds. */
  created_at: number;
  measures: Partial<Record<Measure, Share>>;
  milliseconds: { p50: number; p95: number };
  /** Of all answers that said. */
  tokens: number;
  failed: number;
  results: Result[];
}

/** Of how many questions a measure speaks, and of how many it is true. */
export interface Share {
  of: number;
  met: number;
}

export function toResult(question: EvalQuestion, reply: Reply): Result {
  const { id, unanswerable, answers } = question;
  const scores = score(question, reply);
  return { id, question: question.question, unanswerable, answers, ...reply, scores };
}

export function toRun(
  results: Result[],
  { settings, now }: { settings: Record<string, string>; now: number },
): Run {
  const times = results
    .filter(({ error }) => error === null)
    .map(({ milliseconds }) => milliseconds)
    .toSorted((left, right) => left - right);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  return {
    settings,
    created_at: now,
    measures: measuresOf(results),
    milliseconds: { p50: at(0.5), p95: at(0.95) },
    tokens: results.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0),
    failed: results.filter(({ error }) => error !== null).length,
    results,
  };
}

function measuresOf(results: Result[]): Run["measures"] {
  const shares: Run["measures"] = {};
  // The names of the measures, in the order they are shown.
  for (const measure of Object.keys(MEASURES) as Measure[]) {
    const told = results.flatMap(({ scores }) => scores[measure] ?? []);
    if (told.length > 0) shares[measure] = { of: told.length, met: told.filter(Boolean).length };
  }
  return shares;
}

const shareSchema = z.object({ of: z.number(), met: z.number() });

/** As much of a written run as a comparison reads. */
export const earlierRunSchema = z.object({
  measures: z.record(z.string(), shareSchema),
  results: z.array(z.object({ id: z.string(), scores: z.record(z.string(), z.boolean()) })),
});

export type EarlierRun = z.output<typeof earlierRunSchema>;

export interface Change {
  id: string;
  measure: Measure;
  isBetter: boolean;
}

/** Measures of single questions that are otherwise than before. */
export function changesSince(earlier: EarlierRun, results: Result[]): Change[] {
  const before = new Map(earlier.results.map(({ id, scores }) => [id, scores]));
  return results.flatMap(({ id, scores }) =>
    (Object.entries(scores) as [Measure, boolean][]).flatMap(([measure, isMet]) => {
      const was = before.get(id)?.[measure];
      return was === undefined || was === isMet ? [] : [{ id, measure, isBetter: isMet }];
    }),
  );
}
