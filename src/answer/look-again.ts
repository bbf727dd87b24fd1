import { detectLanguage } from "../search/analysis/language.ts";
import { contentWords } from "./content-words.ts";
import type { RankedCandidate } from "./rank.ts";
import type { Query } from "./retrieve.ts";
import type { Run } from "./run.ts";

/** A second round is worth its time when the passages lack this share of the question's words. */
const POOR = 0.25;

/**
 * What a second round of a deep search looks for: the words of the question that no passage found so far has. None when the
 * plan has one round only, when the passages cover the question, or when they have none of its words, so that nothing new
 * could be asked.
 */
export function queriesForGaps(
  queries: Query[],
  used: RankedCandidate[],
  { plan, services, trace }: Run,
): Query[] {
  const [whole] = queries;
  if (plan.rounds === 1 || !whole) return [];
  const texts = used.map(({ passage }) =>
    [passage.title ?? "", ...passage.headingPath, passage.content].join("\n"),
  );
  const language = detectLanguage(texts.join("\n")) ?? detectLanguage(whole.text);
  const present = new Set(texts.flatMap((text) => services.analyzer.terms(text, language)));
  const asked = contentWords(whole.text, services.analyzer, language);
  const missing = asked.filter(({ terms }) => !terms.some((term) => present.has(term)));
  if (asked.length > 0) trace.depth.coverage = 1 - missing.length / asked.length;
  if (missing.length < POOR * asked.length || missing.length === asked.length) return [];
  const text = [...new Set(missing.map((word) => word.text))].join(" ");
  return [{ text, madeBy: "rules", judgedAs: whole.text }];
}
