import type { ElasticsearchSource } from "../../protocol/data-sources/other-indexes.ts";
import { type ErrorDetails, GroundwireError } from "../../protocol/errors.ts";
import { addressOf } from "../../upstream/address-of.ts";
import {
  createDiscoveries,
  defineSource,
  discoveryKey,
  type SourceContext,
  type SourceDriver,
} from "../define-source.ts";
import type { Embedded } from "../embed.ts";
import { fuseRankings } from "../rank-fusion.ts";
import type { ScoreKind, SourceDescription, SourcePassage, SourceQuery } from "../source.ts";
import { refuseDimensions } from "../source-errors.ts";
import { lengthOf } from "../vector-relevance.ts";
import { chooseVectorFields, requireWordFields, wordFields } from "./choose-fields.ts";
import { discover, type Discovered } from "./discover.ts";
import { type Engine, openEngine } from "./engine.ts";
import { isVector } from "./field-types.ts";
import type { Field } from "./index-fields.ts";
import { toPassages } from "./passages.ts";
import { readHits } from "./read-hits.ts";
import { relevanceOf } from "./relevance.ts";
import { vectorBody, type VectorQuery, wordsBody } from "./search-body.ts";

/** Each vector field is a search of its own. */
const MOST_VECTOR_FIELDS = 5;

const SCORE_KINDS: Record<ElasticsearchSource["queryType"], ScoreKind> = {
  simple: "lexical",
  vector: "cosine",
  vector_simple_hybrid: "rank",
};

/**
 * Elasticsearch 8 and 9 over plain HTTP and JSON, which every version and licence answers alike. Hybrid queries are two
 * searches fused here: the server's own fusion needs a licence, and forgets how similar the vectors were.
 */
export function elasticsearch(): SourceDriver {
  const discoveries = createDiscoveries<Discovered>();
  return defineSource({
    type: "elasticsearch",
    capabilities: { filters: false, vectors: true },
    open(settings, context) {
      const { endpoint, indexName, authentication, fieldsMapping, queryType } = settings;
      if (fieldsMapping.vectorFields.length > MOST_VECTOR_FIELDS) {
        throw invalid(`at most ${MOST_VECTOR_FIELDS} 'vector_fields' can be searched at once.`);
      }
      const engine = openEngine(settings, context.http);
      const key = discoveryKey(authentication, endpoint, indexName, fieldsMapping);
      const discovering = (signal: AbortSignal): Promise<Discovered> =>
        discoveries.get(key, {
          signal,
          load: (loading) => discover(engine, fieldsMapping, loading),
        });
      return {
        type: "elasticsearch",
        scoreKind: SCORE_KINDS[queryType],
        inspect: {
          addresses: async () => [addressOf(engine.url)],
          async describe(signal) {
            discoveries.forget(key);
            return describeFields(await discovering(signal), engine.place);
          },
        },
        async search(query) {
          const discovered = await discovering(query.signal);
          const search: Search = { engine, settings, context, discovered, query };
          return (await searchBy(queryType, search)).slice(0, query.limit);
        },
      };
    },
  });
}

function describeFields({ fields, read }: Discovered, place: string): SourceDescription {
  const vectors = [...fields.values()].filter(({ type }) => isVector(type));
  return {
    place,
    ...read,
    vectors: vectors.map(({ path, vectors: [options] }) => ({
      name: path,
      dimensions: options?.dimensions ?? null,
    })),
    notes: [],
  };
}

interface Search {
  engine: Engine;
  settings: ElasticsearchSource;
  context: SourceContext;
  discovered: Discovered;
  query: SourceQuery;
}

async function searchBy(
  queryType: ElasticsearchSource["queryType"],
  search: Search,
): Promise<SourcePassage[]> {
  switch (queryType) {
    case "simple":
      return searchWords(search);
    case "vector":
      return searchVectors(search);
    case "vector_simple_hybrid":
      return fuseRankings(await Promise.all([searchWords(search), searchVectors(search)]));
  }
}

async function searchWords(search: Search): Promise<SourcePassage[]> {
  const { engine, discovered, query } = search;
  const { fields, read } = discovered;
  const content = requireWordFields(fields, read.content, engine.place);
  const titleFields = read.title === null ? [] : wordFields(fields, read.title);
  const body = wordsBody(query.text, content, { read, limit: query.limit, titleFields });
  return run(search, { body, relevance: () => null });
}

async function searchVectors(search: Search): Promise<SourcePassage[]> {
  const { engine, settings, discovered, query } = search;
  const { embedding, fieldsMapping } = settings;
  const fields = chooseVectorFields(discovered.fields, {
    vectorFields: fieldsMapping.vectorFields,
    embedsInside: embedding?.type === "model_id",
    place: engine.place,
  });
  const vectorQuery = await embedQuery(search, fields);
  const length = vectorQuery.vector === null ? null : lengthOf(vectorQuery.vector);
  const rankings = await Promise.all(
    fields.map((field) =>
      run(search, {
        body: vectorBody(field, vectorQuery, { read: discovered.read, limit: query.limit }),
        relevance: (score) => relevanceOf(score, field, length),
      }),
    ),
  );
  return bestOfEach(rankings);
}

/** Embeds the question, unless the server does, and refuses a vector that none of the fields can be compared with. */
async function embedQuery(
  { engine, settings, context, query }: Search,
  fields: Field[],
): Promise<VectorQuery> {
  const { embedding } = settings;
  const { text, signal } = query;
  // A field that knows its own model is asked in words.
  const compared = fields.filter(({ type }) => type !== "semantic_text");
  if (embedding === null || compared.length === 0) return { text, vector: null, modelId: null };
  if (embedding.type === "model_id") return { text, vector: null, modelId: embedding.modelId };
  const embedded = await context.embed(embedding, [text], signal);
  for (const field of compared) refuseOtherDimensions(embedded, field, engine);
  return { text, vector: embedded.vectors[0] ?? null, modelId: null };
}

/** Behind one name may be indices with vectors of several lengths; one of them must be right. */
function refuseOtherDimensions(
  embedded: Embedded,
  { path, vectors }: Field,
  { place }: Engine,
): void {
  const known = vectors.flatMap(({ dimensions }) => dimensions ?? []);
  const [expected] = known;
  if (expected === undefined || known.includes(embedded.dimensions)) return;
  refuseDimensions(embedded, {
    expected,
    subject: "elasticsearch",
    place: `the field '${path}' of ${place}`,
  });
}

/** One list of the passages of several fields, each with its best score. */
function bestOfEach(rankings: SourcePassage[][]): SourcePassage[] {
  const [first = []] = rankings;
  if (rankings.length === 1) return first;
  const byId = new Map<string, SourcePassage>();
  for (const passage of rankings.flat()) {
    const known = byId.get(passage.id);
    if (known === undefined || passage.score > known.score) byId.set(passage.id, passage);
  }
  return [...byId.values()].toSorted((left, right) => right.score - left.score);
}

async function run(
  { engine, settings, discovered, query }: Search,
  { body, relevance }: { body: unknown; relevance: (score: number) => number | null },
): Promise<SourcePassage[]> {
  const { read } = discovered;
  const reply = await engine.ask("_search", { body, signal: query.signal });
  if (reply.status !== 200) throw engine.refusal(reply);
  const found = readHits(reply.body);
  const { host } = engine.url;
  if (found === null) {
    throw invalid(`${host} answered a search in a way that is not Elasticsearch's.`, {
      advice: "Check 'endpoint'.",
    });
  }
  if (found.missing !== null && !query.allowPartial) {
    const { isTimeout, reason } = found.missing;
    throw new GroundwireError(
      isTimeout ? "data_source_timeout" : "data_source_unavailable",
      `elasticsearch at ${host} has searched only a part of ${engine.place}: ${reason}. Set 'allow_partial_result' to take what was found.`,
    );
  }
  const passages = toPassages(found.hits, {
    read,
    separator: settings.fieldsMapping.contentFieldsSeparator,
    relevanceOf: relevance,
  });
  if (found.hits.length > 0 && passages.length === 0) {
    const fields = read.content.map((path) => `'${path}'`).join(", ");
    throw invalid(`none of the documents found in ${engine.place} has text in ${fields}.`, {
      advice: "Name the fields to read in 'content_fields'; they must be in '_source'.",
      aspect: "fields",
    });
  }
  return passages;
}

function invalid(problem: string, details: ErrorDetails = {}): GroundwireError {
  return new GroundwireError("data_source_invalid", `elasticsearch: ${problem}`, details);
}
