import { detectLanguage } from "../../search/analysis/language.ts";
import type { Conversation } from "../conversation.ts";
import type { RankedCandidate } from "../rank.ts";
import type { Query } from "../retrieve.ts";
import type { Run } from "../run.ts";
import { furtherByModel } from "./by-model.ts";
import { contentWords } from "./content-words.ts";

/** A second round is worth its time when the passages lack this share of a query's words. */
const POOR = 0.25;
const MOST_FURTHER = 2;

/**
 * What a second round of a deep search looks for: what no passage found so far is about. A model puts it in other words; without
 * one the words are searched that are missing. None when the plan has one round only, or when the passages cover the queries.
 */
export async function queriesForGaps(
  queries: Query[],
  used: RankedCandidate[],
  { conversation, run }: { conversation: Conversation; run: Run },
): Promise<Query[]> {
  if (run.plan.rounds === 1 || queries.length === 0) return [];
  const gaps = gapsIn(queries, used, run);
  const poor = gaps.filter(({ missing, asked }) => missing.length >= Math.max(1, POOR * asked));
  if (poor.length === 0) return [];
  const { deployment } = run.question;
  const model = run.services.rewriting.modelFor(deployment);
  const further = model ? await furtherByModel(conversation, run, { model, queries, used }) : null;
  const known = new Set(queries.map(({ text }) => text.toLowerCase()));
  return (further ?? byRules(poor))
    .filter(({ text }) => !known.has(text.toLowerCase()))
    .slice(0, MOST_FURTHER);
}

interface Gap {
  query: Query;
  /** Number of its content words. */
  asked: number;
  /** Those that stand in no passage. */
  missing: string[];
}

function gapsIn(queries: Query[], used: RankedCandidate[], { services, trace }: Run): Gap[] {
  const texts = used.map(({ passage }) =>
    [passage.title ?? "", ...passage.headingPath, passage.content].join("\n"),
  );
  const language = detectLanguage([...texts, ...queries.map(({ text }) => text)].join("\n"));
  const present = new Set(texts.flatMap((text) => services.analyzer.terms(text, language)));
  const gaps = queries.map((query): Gap => {
    const asked = contentWords(query.text, services.analyzer, language);
    const missing = asked.filter(({ terms }) => !terms.some((term) => present.has(term)));
    return { query, asked: asked.length, missing: [...new Set(missing.map(({ text }) => text))] };
  });
  const [all, lacking] = [
    gaps.reduce((sum, { asked }) => sum + asked, 0),
    gaps.reduce((sum, { missing }) => sum + missing.length, 0),
  ];
  trace.depth.coverage = all === 0 ? null : 1 - lacking / all;
  return gaps;
}

/** A query that found none of its words would only be asked again. */
function byRules(gaps: Gap[]): Query[] {
  return gaps
    .filter(({ missing, asked }) => missing.length < asked)
    .map(({ query, missing }) => ({
      text: missing.join(" "),
      madeBy: "rules",
      judgedAs: query.text,
    }));
}
