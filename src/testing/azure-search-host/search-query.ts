import { wordVector } from "../word-vector.ts";
import type { HostedIndex } from "./hosted-index.ts";
import { compileFilter, FilterError, type IndexedDocument } from "./odata-filter.ts";
import { bestFirst, fuse, rankByVector, rankByWords, type Ranked, rerankScore } from "./ranking.ts";

/** What the host answers instead of what was asked for. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The ranker reads so many. */
const SEMANTIC_DEPTH = 50;

export interface QueryState {
  semantic: "ready" | "busy" | "used up";
}

export interface QueryAnswer {
  status: 200 | 206;
  body: Record<string, unknown>;
}

/** Answers a search body, or throws a `Refusal`. */
export function answerQuery(index: HostedIndex, body: any, { semantic }: QueryState): QueryAnswer {
  const { definition } = index;
  const names: string[] = definition.fields.map((field: any) => field.name);
  const documents = filtered([...index.documents.values()], body.filter, names);
  const lists = [...wordLists(index, documents, body), ...vectorLists(index, documents, body)];
  let ranked: Ranked[] = lists.length === 1 ? (lists[0] ?? []) : fuse(lists);
  const isSemantic = body.queryType === "semantic";
  let partial = {};
  const rerankScores = new Map<IndexedDocument, number>();
  if (isSemantic) {
    const configuration = semanticConfiguration(definition, body.semanticConfiguration);
    if (semantic === "used up") {
      throw new Refusal(
        402,
        "FreeSemanticQuotaExceeded",
        "The free quota of semantic queries for this month is used up.",
      );
    }
    if (semantic === "busy") {
      partial = {
        "@search.semanticPartialResponseReason": "capacityOverloaded",
        "@search.semanticPartialResponseType": "baseResults",
      };
    } else {
      for (const { document } of ranked.slice(0, SEMANTIC_DEPTH)) {
        rerankScores.set(document, rerankScore(document, body.search ?? "", configuration));
      }
      const scores = new Map(ranked.map(({ document, score }) => [document, score]));
      ranked = bestFirst([...rerankScores].map(([document, score]) => ({ document, score }))).map(
        ({ document }) => ({ document, score: scores.get(document) ?? 0 }),
      );
    }
  }
  const selected = selection(index, body.select);
  const value = ranked
    .slice(body.skip ?? 0, (body.skip ?? 0) + (body.top ?? 50))
    .map(({ document, score }) => ({
      "@search.score": score,
      ...(rerankScores.has(document)
        ? { "@search.rerankerScore": rerankScores.get(document), "@search.captions": [] }
        : {}),
      ...Object.fromEntries(selected.map((name) => [name, document[name] ?? null])),
    }));
  return {
    status: isSemantic && semantic === "busy" ? 206 : 200,
    body: { ...(body.count ? { "@odata.count": ranked.length } : {}), ...partial, value },
  };
}

function filtered(
  documents: IndexedDocument[],
  filter: string | null | undefined,
  names: string[],
): IndexedDocument[] {
  if (filter === undefined || filter === null) return documents;
  try {
    const passes = compileFilter(filter, names);
    return documents.filter((document) => passes(document));
  } catch (error) {
    if (error instanceof FilterError) throw new Refusal(400, "", error.message);
    throw error;
  }
}

function wordLists(index: HostedIndex, documents: IndexedDocument[], body: any): Ranked[][] {
  if (body.search === undefined && body.vectorQueries !== undefined) return [];
  const searchable = index.definition.fields.filter(
    (field: any) => field.searchable !== false && field.type.includes("Edm.String"),
  );
  const given = body.searchFields === undefined ? null : String(body.searchFields).split(",");
  const fields = searchable
    .map((field: any) => field.name)
    .filter((name: string) => given === null || given.includes(name));
  return [rankByWords(documents, body.search ?? "*", fields)];
}

function vectorLists(index: HostedIndex, documents: IndexedDocument[], body: any): Ranked[][] {
  return (body.vectorQueries ?? []).flatMap((query: any) =>
    String(query.fields)
      .split(",")
      .map((name) => {
        const field = index.definition.fields.find((one: any) => one.name === name);
        if (!field?.dimensions) {
          throw new Refusal(
            400,
            "InvalidVectorQuery",
            `Unknown field '${name}' in vector field list.`,
          );
        }
        const { metric, hasVectorizer } = profileOf(index.definition, field);
        if (query.kind === "text" && !hasVectorizer) {
          throw new Refusal(
            400,
            "InvalidVectorQuery",
            `Field '${name}' does not have a vectorizer defined.`,
          );
        }
        const vector: number[] =
          query.kind === "text" ? wordVector(query.text, field.dimensions) : query.vector;
        if (vector.length !== field.dimensions) {
          throw new Refusal(
            400,
            "InvalidVectorQuery",
            `The vector field '${name}', with dimension length '${field.dimensions}', does not match the query vector length '${vector.length}'.`,
          );
        }
        return rankByVector(documents, vector, { field: name, metric, k: query.k ?? 50 });
      }),
  );
}

function profileOf({ vectorSearch }: any, field: any): { metric: string; hasVectorizer: boolean } {
  const profile = vectorSearch?.profiles?.find(
    (one: any) => one.name === field.vectorSearchProfile,
  );
  const algorithm = vectorSearch?.algorithms?.find((one: any) => one.name === profile?.algorithm);
  const parameters = algorithm?.hnswParameters ?? algorithm?.exhaustiveKnnParameters;
  return { metric: parameters?.metric ?? "cosine", hasVectorizer: Boolean(profile?.vectorizer) };
}

/** The fields it reads. */
function semanticConfiguration({ semantic }: any, name: unknown): string[] {
  const found = semantic?.configurations?.find(
    (one: any) => one.name === (name ?? semantic.defaultConfiguration),
  );
  if (!found) {
    throw new Refusal(
      400,
      "SemanticQueryConfigurationNotFound",
      `Unknown semantic configuration '${String(name)}'. Make sure the semantic configuration is defined in the index.`,
    );
  }
  const { titleField, prioritizedContentFields = [] } = found.prioritizedFields;
  return [...(titleField ? [titleField] : []), ...prioritizedContentFields].map(
    ({ fieldName }: { fieldName: string }) => fieldName,
  );
}

function selection({ definition }: HostedIndex, select: string | undefined): string[] {
  const retrievable: string[] = definition.fields
    .filter((field: any) => field.retrievable !== false && field.hidden !== true)
    .map((field: any) => field.name);
  if (select === undefined || select === "*") return retrievable;
  const names = select.split(",");
  const unknown = names.find((name) => !retrievable.includes(name));
  if (unknown !== undefined) {
    throw new Refusal(
      400,
      "InvalidRequestParameter",
      `Invalid expression: Could not find a property named '${unknown}' on type 'search.document'.\r\nParameter name: $select`,
    );
  }
  return names;
}
