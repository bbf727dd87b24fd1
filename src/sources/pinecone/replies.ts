import { z } from "zod";

/** A record that was found. */
export interface Match {
  id: string;
  score: number;
  fields: Record<string, unknown>;
}

export interface SparseVector {
  indices: number[];
  values: number[];
}

const fields = z.record(z.string(), z.unknown()).nullish();

/** Of a query by vectors. */
const matchesSchema = z.looseObject({
  matches: z.array(
    z.looseObject({ id: z.string(), score: z.number().nullish(), metadata: fields }),
  ),
});

/** Of a query in words. */
const hitsSchema = z.looseObject({
  result: z.looseObject({
    hits: z.array(z.looseObject({ _id: z.string(), _score: z.number().nullish(), fields })),
  }),
});

/** The records in either kind of answer, best first; null when it is neither. */
export function readMatches(body: unknown): Match[] | null {
  const matches = matchesSchema.safeParse(body).data?.matches;
  if (matches !== undefined) {
    return matches.map(({ id, score, metadata }) => ({
      id,
      score: score ?? 0,
      fields: metadata ?? {},
    }));
  }
  const hits = hitsSchema.safeParse(body).data?.result.hits;
  return (
    hits?.map(({ _id: id, _score: score, fields: found }) => ({
      id,
      score: score ?? 0,
      fields: found ?? {},
    })) ?? null
  );
}

const embeddingsSchema = z.looseObject({
  data: z.tuple([
    z.looseObject({ sparse_indices: z.array(z.number()), sparse_values: z.array(z.number()) }),
  ]),
});

/** The sparse vector of one text; null when the model makes dense ones. */
export function readEmbedding(body: unknown): SparseVector | null {
  const [first] = embeddingsSchema.safeParse(body).data?.data ?? [];
  if (first === undefined) return null;
  return { indices: first.sparse_indices, values: first.sparse_values };
}

const statsSchema = z.looseObject({
  namespaces: z.record(z.string(), z.looseObject({ vectorCount: z.number().nullish() })),
});

/** How many records are in each namespace. */
export function readNamespaces(body: unknown): Map<string, number> {
  const namespaces = statsSchema.safeParse(body).data?.namespaces ?? {};
  return new Map(
    Object.entries(namespaces).map(([name, { vectorCount }]) => [name, vectorCount ?? 0]),
  );
}
