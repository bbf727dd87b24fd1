import { createHash } from "node:crypto";

import type { AzureSearchQueryType } from "../../protocol/data-sources/azure-search.ts";
import { isObject } from "../../protocol/validation.ts";
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
    const content = plan.content
      .map((name) => textAt(document, name))
      .filter((text) => text !== null)
      .join(separator);
    const id = (plan.key && textAt(document, plan.key)) ?? digestOf(content);
    if (content === "" || seen.has(id)) return [];
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

/** Text, numbers and lists of texts as text; `parent/part` is a part of a complex field. Null when there is none. */
function textAt(document: FoundDocument, path: string | null): string | null {
  if (path === null) return null;
  let value: unknown = document;
  for (const name of path.split("/")) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  if (Array.isArray(value))
    return value.filter((one) => typeof one === "string").join("\n") || null;
  return typeof value === "string" || typeof value === "number" ? String(value) || null : null;
}

function numberAt(document: FoundDocument, name: string): number | null {
  const value = document[name];
  return typeof value === "number" ? value : null;
}

function digestOf(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 24);
}
