import { GroundwireError, toGroundwireError } from "../../protocol/errors.ts";
import { withDeadline } from "../../util/deadline.ts";
import type { FilteredCandidate } from "../filter.ts";
import type { Query } from "../retrieve.ts";
import type { Run } from "../run.ts";
import { tenths } from "../trace.ts";
import { scoreListwise } from "./listwise.ts";
import type { Reranker } from "./reranker.ts";

/** Longest beginning of a passage that is read again, in characters. */
const READ = 2_000;

/**
 * Reads the best passages that strictness let through again, and puts them in the order of how well they answer the question;
 * the others follow as they were. When the reranker fails or is late, the order stays and the caller is told: it never fails
 * a question.
 */
export async function rerank(
  candidates: FilteredCandidate[],
  queries: Query[],
  run: Run,
): Promise<FilteredCandidate[]> {
  const { question, services, plan, trace } = run;
  const reranker = services.rerankerFor(question.deployment);
  const query = queries[0]?.text ?? "";
  const passing = candidates.filter(({ passes }) => passes).slice(0, plan.reranked);
  if (reranker === null || query === "" || passing.length < 2) return candidates;
  const started = performance.now();
  const traced = { by: reranker.kind, model: reranker.model.id, passages: passing.length };
  try {
    const scores = await score(reranker, { query, passages: passing.map(textOf), run });
    trace.rerank = { ...traced, milliseconds: tenths(performance.now() - started), failure: null };
    return reordered(
      candidates,
      new Map(passing.map((entry, index) => [entry, scores[index] ?? null])),
    );
  } catch (error) {
    run.signal.throwIfAborted();
    const failure = toGroundwireError(error).message;
    trace.rerank = { ...traced, milliseconds: tenths(performance.now() - started), failure };
    question.onWarning?.(`passages were not reranked: ${failure}`);
    return candidates;
  }
}

async function score(
  reranker: Reranker,
  { query, passages, run }: { query: string; passages: string[]; run: Run },
): Promise<(number | null)[]> {
  if (reranker.kind === "deployment") return scoreListwise({ query, passages }, reranker, run);
  const { model, seconds } = reranker;
  const late = (): GroundwireError =>
    new GroundwireError(
      "upstream_timeout",
      `The reranker has not answered within ${seconds} seconds.`,
    );
  return withDeadline({ seconds, signal: run.signal, late }, (signal) =>
    model.rerank(query, passages, signal),
  );
}

/** The matched passage with where it stands: a table or a list item says little without its heading. */
function textOf({ passage }: FilteredCandidate): string {
  const where = [passage.title ?? "", ...passage.headingPath].filter(Boolean).join(" > ");
  return `${where}\n${passage.matched}`.trim().slice(0, READ);
}

/** Those with a score first, best first; the others keep their order. */
function reordered(
  candidates: FilteredCandidate[],
  scores: Map<FilteredCandidate, number | null>,
): FilteredCandidate[] {
  const scored = candidates.flatMap((candidate) => {
    const rerankScore = scores.get(candidate) ?? null;
    return rerankScore === null ? [] : [{ ...candidate, rerankScore }];
  });
  const others = candidates.filter((candidate) => (scores.get(candidate) ?? null) === null);
  return [...scored.toSorted((left, right) => right.rerankScore - left.rerankScore), ...others];
}
