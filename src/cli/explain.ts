import type { SentenceExtension } from "../protocol/extensions.ts";
import type { AnswerTrace, TracedPassage } from "../protocol/trace.ts";

/** Width of the names at the left. */
const MARGIN = 13;
/** Passages that were not used, at most. */
const MOST_LEFT_OUT = 10;

const OUTCOMES: Record<TracedPassage["outcome"], string> = {
  used: "used",
  strictness: "below strictness",
  duplicate: "text given already",
  top_n: "beyond top_n_documents",
  budget: "no room in the prompt",
  refused: "does not answer",
};
const REFUSALS: Record<NonNullable<AnswerTrace["refusal"]>["why"], string> = {
  nothing_found: "no passage was relevant enough",
  not_covered: "no passage answers the question",
  unsupported: "the passages do not support what the model wrote",
  model: "the model found no answer in the passages",
};

/** How an answer came to be, for people at a terminal. */
export function explain(
  trace: AnswerTrace,
  { answer, sentences }: { answer: string; sentences: SentenceExtension[] },
): string {
  const flagged = sentences.filter((sentence) => sentence.is_supported === false);
  const rows: [name: string, lines: string[]][] = [
    ["depth", [depthOf(trace)]],
    ["queries", queriesOf(trace)],
    ["sources", trace.sources.map(sourceOf)],
    ["reranked", rerankOf(trace)],
    ["passages", passagesOf(trace)],
    ["near misses", trace.near_misses === null ? [] : [trace.near_misses.text]],
    ["refused", trace.refusal === null ? [] : [REFUSALS[trace.refusal.why]]],
    ["prompt", promptOf(trace)],
    ["models", trace.calls.map(callOf)],
    ["unsupported", flagged.map((sentence) => flaggedOf(sentence, answer))],
  ];
  const text = rows
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => name.padEnd(MARGIN) + lines.join(`\n${" ".repeat(MARGIN)}`));
  return ["How it was answered", ...text].join("\n");
}

function depthOf({ depth }: AnswerTrace): string {
  const effort = depth.reasoning_effort ?? "not given";
  const covered = depth.coverage === null ? "" : `, first round covered ${percent(depth.coverage)}`;
  return `${depth.level} (reasoning_effort ${effort}): at most ${depth.queries} queries, ${depth.candidates} candidates each${covered}`;
}

function queriesOf({ queries, rewriting }: AnswerTrace): string[] {
  const failed =
    rewriting.reason === null
      ? []
      : [`not written by ${rewriting.deployment}: ${rewriting.reason}`];
  return [
    ...queries.map(({ text, made_by, round }, index) => {
      const again = round > 1 ? ", second round" : "";
      const remembered = made_by === "model" && rewriting.is_remembered ? ", remembered" : "";
      return `${index + 1}. ${text} (${made_by}${remembered}${again})`;
    }),
    ...failed,
  ];
}

function sourceOf({
  type,
  milliseconds,
  found,
  searches,
  failures,
}: AnswerTrace["sources"][number]): string {
  const failed = failures.map(({ reason }) => `; failed: ${reason}`).join("");
  return `${type}: ${found} found by ${searches} ${searches === 1 ? "search" : "searches"}, ${milliseconds} ms${failed}`;
}

function rerankOf({ rerank }: AnswerTrace): string[] {
  if (rerank === null) return [];
  const outcome = rerank.failure === null ? "" : `; failed: ${rerank.failure}`;
  return [`${rerank.passages} by ${rerank.model}, ${rerank.milliseconds} ms${outcome}`];
}

function passagesOf({ passages }: AnswerTrace): string[] {
  const used = passages.filter(({ outcome }) => outcome === "used");
  const others = passages.filter(({ outcome }) => outcome !== "used");
  const more = others.length - MOST_LEFT_OUT;
  return [
    ...[...used, ...others.slice(0, MOST_LEFT_OUT)].map((passage) => {
      const { filepath, title, chunk_id, relevance, rerank_score, outcome } = passage;
      const reranked = rerank_score === null ? "" : `, reranked ${rerank_score.toFixed(2)}`;
      return `${relevance.toFixed(2)}  ${filepath ?? title ?? "untitled"} #${chunk_id}: ${OUTCOMES[outcome]}${reranked}`;
    }),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function promptOf({ prompt }: AnswerTrace): string[] {
  if (prompt === null) return [];
  const { window, answer_reserve: reserve, ...parts } = prompt;
  const shown = Object.entries(parts).filter(([, tokens]) => tokens > 0);
  return [
    `${shown.map(([name, tokens]) => `${name} ${tokens}`).join(", ")} tokens; window ${window}, ${reserve} kept for the answer`,
  ];
}

function callOf({
  purpose,
  deployment,
  milliseconds,
  usage,
}: AnswerTrace["calls"][number]): string {
  const tokens =
    usage === null ? "" : `, ${usage.prompt_tokens} + ${usage.completion_tokens} tokens`;
  return `${purpose}: ${deployment}, ${milliseconds} ms${tokens}`;
}

function flaggedOf(
  { start, end, support, unknown_numbers: numbers }: SentenceExtension,
  answer: string,
): string {
  const why = [
    ...(support === null ? [] : [`${percent(support)} of its words`]),
    ...(numbers.length === 0 ? [] : [`not found: ${numbers.join(", ")}`]),
  ];
  return `"${answer.slice(start, end)}" (${why.join("; ")})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
