import type { AzureSearchQueryType } from "../../protocol/data-sources/azure-search.ts";
import type { FieldPlan, VectorField } from "./field-plan.ts";

/** What the query of a question is made of. */
export interface Searching {
  queryType: AzureSearchQueryType;
  text: string;
  limit: number;
  plan: FieldPlan;
  /** The question's vector; null: the index embeds it itself, or no vectors are searched. */
  vector: Float32Array | null;
  vectorFields: readonly VectorField[];
  semanticConfiguration: string | null;
  /** OData, as it came. */
  filter: string | null;
}

/** The service gives at most so many documents at once. */
const MOST_DOCUMENTS = 1_000;
/** The semantic ranker reads so many, so hybrid queries must find them. */
const SEMANTIC_DEPTH = 50;
/** The service takes 3,000 clauses and 100,000 characters; no question needs them. */
const MOST_WORDS = 400;

/** The body of `POST /indexes/{name}/docs/search`, in terms that every version since 2023-11-01 knows. */
export function searchBody(searching: Searching): Record<string, unknown> {
  const { queryType, text, limit, filter, vectorFields, vector } = searching;
  const isVector = queryType.startsWith("vector");
  const isSemantic = queryType.includes("semantic");
  const top = Math.min(limit, MOST_DOCUMENTS);
  const k = queryType === "vector" ? top : Math.max(top, SEMANTIC_DEPTH);
  const fields = vectorFields.map(({ name }) => name).join(",");
  return {
    top,
    select: selected(searching.plan).join(","),
    ...(queryType === "vector" ? {} : { search: toSearchText(text) }),
    ...(isSemantic
      ? { queryType: "semantic", semanticConfiguration: searching.semanticConfiguration }
      : {}),
    ...(isVector
      ? {
          vectorQueries: [
            vector === null
              ? { kind: "text", text, fields, k }
              : { kind: "vector", vector: [...vector], fields, k },
          ],
        }
      : {}),
    ...(filter === null ? {} : { filter }),
    // Filtering afterwards would leave fewer than were asked for, or none.
    ...(filter !== null && isVector ? { vectorFilterMode: "preFilter" } : {}),
  };
}

function selected({ key, content, title, url, filepath, chunkId }: FieldPlan): string[] {
  const names = [key, ...content, title, url, filepath, chunkId];
  return [...new Set(names.filter((name) => name !== null))];
}

/**
 * A question as words: what the simple query syntax takes for operators is left out. In "wifi -luxury" the hyphen would
 * ask for every document without luxury. Hyphens within words are no operators.
 */
export function toSearchText(question: string): string {
  const words = question
    .replaceAll(/[+|"()*\\~]/gu, " ")
    .replaceAll(/(^|\s)-+/gu, " ")
    .split(/\s+/u)
    .filter((word) => word !== "");
  // Everything, when nothing but signs was asked: an empty search matches all documents.
  return words.slice(0, MOST_WORDS).join(" ");
}
