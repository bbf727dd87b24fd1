import { z } from "zod";

import { GroundwireError } from "../../protocol/errors.ts";
import type { Metric } from "../vector-relevance.ts";
import type { Engine } from "./engine.ts";

export interface Description {
  /** Where the index is asked. */
  url: URL;
  /** Of its dense vectors; null when it is not known. */
  dimensions: number | null;
  metric: Metric | null;
  vectorType: "dense" | "sparse";
  /** It has a model of its own and is asked in words. */
  embeds: boolean;
}

/** Only what is used is read. */
const indexSchema = z.looseObject({
  host: z.string(),
  dimension: z.number().nullish(),
  metric: z.string().nullish(),
  vector_type: z.string().nullish(),
  status: z.looseObject({ ready: z.boolean().nullish(), state: z.string().nullish() }).nullish(),
  embed: z.looseObject({ vector_type: z.string().nullish() }).nullish(),
});

const statsSchema = z.looseObject({
  dimension: z.number().nullish(),
  metric: z.string().nullish(),
  vectorType: z.string().nullish(),
});

/** Euclidean scores are squares of distances. */
const METRICS: Record<string, Metric> = {
  cosine: "cosine",
  dotproduct: "dot_product",
  euclidean: "squared_distance",
};

/** What kind of vectors an index holds and where it is; by itself when the request has named its address. */
export async function describeIndex(engine: Engine, signal: AbortSignal): Promise<Description> {
  if (engine.givenUrl !== null) return describeByStats(engine, engine.givenUrl, signal);
  const path = `indexes/${encodeURIComponent(engine.indexName)}`;
  const read = indexSchema.safeParse(await engine.askControl({ path, signal }));
  if (!read.success) {
    throw engine.invalid(`has not described ${engine.place} as its control plane does.`, {
      advice: "Check 'environment'.",
      aspect: "index",
    });
  }
  const { host, dimension, metric, vector_type: type, status, embed } = read.data;
  if (status?.ready === false) {
    throw new GroundwireError(
      "data_source_unavailable",
      `pinecone: ${engine.place} is not ready yet (${status.state ?? "no state told"}).`,
      { advice: "Try again later.", aspect: "index" },
    );
  }
  return {
    url: engine.indexUrl(host),
    dimensions: dimension ?? null,
    metric: metricOf(metric),
    vectorType: typeOf(type ?? embed?.vector_type),
    embeds: embed != null,
  };
}

async function describeByStats(
  engine: Engine,
  url: URL,
  signal: AbortSignal,
): Promise<Description> {
  const body = await engine.askIndex(url, { path: "describe_index_stats", body: {}, signal });
  const { dimension, metric, vectorType } = statsSchema.safeParse(body).data ?? {};
  return {
    url,
    dimensions: dimension ?? null,
    metric: metricOf(metric),
    vectorType: typeOf(vectorType),
    embeds: false,
  };
}

function metricOf(name: string | null | undefined): Metric | null {
  return METRICS[name ?? ""] ?? null;
}

function typeOf(name: string | null | undefined): Description["vectorType"] {
  return name === "sparse" ? "sparse" : "dense";
}
