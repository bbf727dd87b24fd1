import { z } from "zod";

/** Only what is used is read. */
const innerHitSchema = z.looseObject({
  _score: z.number().nullish(),
  _nested: z.looseObject({ offset: z.number() }).nullish(),
  _source: z.unknown(),
});

const hitSchema = z.looseObject({
  _index: z.string(),
  _id: z.string(),
  _score: z.number().nullish(),
  _source: z.unknown(),
  inner_hits: z
    .record(z.string(), z.looseObject({ hits: z.looseObject({ hits: z.array(innerHitSchema) }) }))
    .nullish(),
});

const responseSchema = z.looseObject({
  timed_out: z.boolean().nullish(),
  _shards: z
    .looseObject({
      total: z.number().nullish(),
      failed: z.number().nullish(),
      failures: z
        .array(z.looseObject({ index: z.string().nullish(), reason: z.unknown() }))
        .nullish(),
    })
    .nullish(),
  hits: z.looseObject({ hits: z.array(hitSchema) }),
});

export interface Hit {
  index: string;
  id: string;
  score: number;
  source: unknown;
  /** Nested objects that matched, by the path of their list; best first. */
  nested: { path: string; objects: NestedHit[] }[];
}

export interface NestedHit {
  /** Place in the list. */
  offset: number;
  score: number;
  source: unknown;
}

export interface Hits {
  hits: Hit[];
  /** What kept a part of the index from being searched; null: all of it was. */
  missing: { isTimeout: boolean; reason: string } | null;
}

/** The answer of a search; null when it is none. */
export function readHits(body: unknown): Hits | null {
  const read = responseSchema.safeParse(body);
  if (!read.success) return null;
  const { data } = read;
  return {
    hits: data.hits.hits.map((hit) => ({
      index: hit._index,
      id: hit._id,
      score: hit._score ?? 0,
      source: hit._source,
      nested: Object.entries(hit.inner_hits ?? {}).map(([path, { hits }]) => ({
        path,
        objects: hits.hits.map((inner) => ({
          offset: inner._nested?.offset ?? 0,
          score: inner._score ?? 0,
          source: inner._source,
        })),
      })),
    })),
    missing: missingIn(data),
  };
}

function missingIn({
  timed_out: isTimeout,
  _shards: shards,
}: z.infer<typeof responseSchema>): Hits["missing"] {
  if (isTimeout === true) return { isTimeout, reason: "the time for the search was over" };
  const failed = shards?.failed ?? 0;
  if (failed === 0) return null;
  const [first] = shards?.failures ?? [];
  const why = shardReasonSchema.safeParse(first?.reason).data?.reason;
  const where = first?.index == null ? "" : ` (index '${first.index}')`;
  return {
    isTimeout: false,
    reason: `${failed} of ${shards?.total ?? "its"} shards failed${where}${why === undefined ? "" : `: ${why}`}`,
  };
}

const shardReasonSchema = z.looseObject({ reason: z.string() });
