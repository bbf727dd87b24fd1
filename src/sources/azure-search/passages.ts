import { createHash } from "node:crypto";

import type { AzureSearchQueryType } from "../../protocol/data-sources/azure-search.ts";
import { joinedText, textOf, valueAt } from "../field-values.ts";
import type { SourcePassage } from "../source.ts";
import type { FieldPlan, VectorField } from "./field-plan.ts";
import type { FoundDocument } from "./index-client.ts";

export interface Reading {
  plan: FieldPlan;
  /** Between several content fields. */
  separator: string;
  queryType: AzureSearchQueryType;
  vectorFields: readonly VectorField[];
}

/** Documents as passages, in the order the service ranked them; those without text are left out. */
export function toPassages(documents: readonly FoundDocument[], reading: Reading): SourcePassage[] {
  const { plan, separator } = reading;
  const seen = new Set<string>();
  return documents.flatMap((document) => {
    const content = joinedText(document, plan.content.map(dotted), separator);
    if (content === null) return [];
    const id = textAt(document, plan.key) ?? digestOf(content);
    if (seen.has(id)) return [];
    seen.add(id);
    const score = numberAt(document, "@search.score") ?? 0;
    const rerankScore = numberAt(document, "@search.rerankerScore");
    return [
      {
        id,
        content,
        matched: content,
        title: textAt(document, plan.title),
        url: textAt(document, plan.url),
        filepath: textAt(document, plan.filepath),
        chunkId: textAt(document, plan.chunkId) ?? id,
        score,
        relevance: relevanceOf(score, rerankScore, reading),
        rerankScore,
        page: null,
        headingPath: [],
        anchor: null,
      },
    ];
  });
}

/** The semantic ranker gives 0…4. */
const MOST_RERANK_SCORE = 4;

/**
 * BM25 has no scale, and fused ranks tell only an order. The score of one vector field with cosine metric is 1 / (2 − cosine).
 */
function relevanceOf(
  score: number,
  rerankScore: number | null,
  { queryType, vectorFields }: Reading,
): number | null {
  if (rerankScore !== null) return clamped(rerankScore / MOST_RERANK_SCORE);
  const [field] = vectorFields;
  if (queryType !== "vector" || field === undefined || vectorFields.length > 1) return null;
  // Cosine is the service's default.
  const isCosine = (field.shape?.metric ?? "cosine") === "cosine";
  return isCosine && score > 0 ? clamped(2 - 1 / score) : null;
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function textAt(document: FoundDocument, path: string | null): string | null {
  return path === null ? null : textOf(valueAt(document, dotted(path)));
}

/** `parent/part` is a part of a complex field. */
function dotted(path: string): string {
  return path.replaceAll("/", ".");
}

function numberAt(document: FoundDocument, name: string): number | null {
  const value = document[name];
  return typeof value === "number" ? value : null;
}

function digestOf(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 24);
}
