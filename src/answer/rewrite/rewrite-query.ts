import { toGroundwireError } from "../../protocol/errors.ts";
import type { Conversation } from "../conversation.ts";
import { mostQueries } from "../plan.ts";
import type { Query } from "../retrieve.ts";
import type { Run } from "../run.ts";
import { rewriteByModel } from "./by-model.ts";
import { rewriteByRules } from "./by-rules.ts";

/** Words up to which a message is one plain question. */
const PLAIN = 60;

/**
 * The queries a question is searched with. A model writes them where there is one and something to rewrite; the rules do
 * without one, and whenever it fails: writing queries never fails a question.
 */
export async function rewriteQuery(conversation: Conversation, run: Run): Promise<Query[]> {
  const { question, services, plan, trace } = run;
  const limit = mostQueries(plan, question.sources);
  const byRules = rewriteByRules(conversation, { analyzer: services.analyzer, limit });
  const model = needsRewriting(conversation, byRules, run)
    ? services.rewriting.modelFor(question.deployment)
    : null;
  const { rewriting } = trace;
  rewriting.made_by = byRules.some(({ madeBy }) => madeBy === "rules") ? "rules" : "question";
  if (model === null) return byRules;
  rewriting.deployment = model.id;
  try {
    const { queries, isRemembered } = await rewriteByModel(conversation, run, { model, limit });
    rewriting.made_by = "model";
    rewriting.is_remembered = isRemembered;
    return queries;
  } catch (error) {
    run.signal.throwIfAborted();
    rewriting.reason = toGroundwireError(error).message;
    question.onWarning?.("queries written without the model, which could not");
    return byRules;
  }
}

/**
 * A plain question that begins a conversation is its own best query: asking a model would cost a call, and seconds, to get it
 * back. A deep search has it put in other words all the same.
 */
function needsRewriting(
  { question, earlierQuestions, lastAnswer }: Conversation,
  byRules: Query[],
  { plan }: Run,
): boolean {
  if (question.trim() === "") return false;
  const isFirst = earlierQuestions.length === 0 && lastAnswer === "";
  const isPlain = byRules.length === 1 && question.split(/\s+/u, PLAIN + 1).length <= PLAIN;
  return !isFirst || plan.depth === "deep" || !(isPlain || plan.depth === "shallow");
}
