import type { EmbeddingDependency, FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { createDiscoveries, discoveryKey, type SourceContext } from "../define-source.ts";
import type { SourceDescription, SourceInspection, SourcePassage, SourceQuery } from "../source.ts";
import {
  createMongoAccess,
  type MongoAccessOptions,
  type MongoCall,
  type MongoTarget,
  placeOf,
} from "./access.ts";
import { embedQuestion } from "./embed-question.ts";
import { checkPaths } from "./fields.ts";

/** What a search is made of that both databases do in the same order: find out, embed, ask. */
export interface MongoQuestion<Plan> {
  query: SourceQuery;
  target: MongoTarget;
  context: SourceContext;
  settings: { indexName: string; fieldsMapping: FieldsMapping; embedding: EmbeddingDependency };
  /** Finds out how the collection is to be searched, once in a while. */
  discover: (call: MongoCall) => Promise<Plan>;
  /** The length of the question's vector, null when it is not known; null altogether when none is wanted. */
  vectorOf: (plan: Plan) => { dimensions: number | null } | null;
  search: (call: MongoCall, searching: Searching<Plan>) => Promise<SourcePassage[]>;
}

export interface Searching<Plan> {
  query: SourceQuery;
  plan: Plan;
  /** Empty when the plan wants none. */
  vector: Float32Array;
  mapping: FieldsMapping;
}

/** What is found out before a collection is searched, and about which. */
type MongoAsked<Plan> = Pick<MongoQuestion<Plan>, "target" | "settings" | "discover">;

/** What a plan tells. */
export interface MongoReading<Plan> {
  vectorsOf: (plan: Plan) => SourceDescription["vectors"];
  notesOf: (plan: Plan) => string[];
}

export interface MongoSearch<Plan> {
  search(question: MongoQuestion<Plan>): Promise<SourcePassage[]>;
  inspect(asked: () => MongoAsked<Plan>, reading: MongoReading<Plan>): SourceInspection;
  close(): Promise<void>;
}

export function createMongoSearch<Plan>(options: MongoAccessOptions): MongoSearch<Plan> {
  const access = createMongoAccess(options);
  const discoveries = createDiscoveries<Plan>();

  async function planOf(
    { target, settings, discover }: MongoAsked<Plan>,
    { signal, isAnew = false }: { signal: AbortSignal; isAnew?: boolean },
  ): Promise<Plan> {
    const { guard: _guard, ...asked } = target;
    checkPaths(settings.fieldsMapping, target.subject);
    const key = discoveryKey(asked, settings.indexName, settings.fieldsMapping);
    if (isAnew) discoveries.forget(key);
    return discoveries.get(key, {
      signal,
      load: (loading) => access.call(target, discover, loading),
    });
  }

  return {
    async search({ query, target, context, settings, discover, vectorOf, search }) {
      const { indexName, fieldsMapping: mapping, embedding } = settings;
      const plan = await planOf({ target, settings, discover }, { signal: query.signal });
      const wanted = vectorOf(plan);
      const vector = wanted
        ? await embedQuestion(query, {
            embedding,
            context,
            subject: target.subject,
            place: `index '${indexName}' of ${placeOf(target)}`,
            dimensions: wanted.dimensions,
          })
        : new Float32Array();
      const searching = { query, plan, vector, mapping };
      return access.call(target, (call) => search(call, searching), query.signal);
    },
    inspect: (asked, { vectorsOf, notesOf }) => ({
      async addresses(signal) {
        const { target } = asked();
        const members = await access.members(target, signal);
        return members.map(({ host, port }) => ({ host, port, tls: target.address.tls }));
      },
      async describe(signal) {
        const { target, settings, discover } = asked();
        const plan = await planOf({ target, settings, discover }, { signal, isAnew: true });
        const { indexName, fieldsMapping } = settings;
        return {
          place: `index '${indexName}' of ${placeOf(target)}`,
          content: fieldsMapping.contentFields,
          title: fieldsMapping.titleField,
          url: fieldsMapping.urlField,
          filepath: fieldsMapping.filepathField,
          vectors: vectorsOf(plan),
          notes: notesOf(plan),
        };
      },
    }),
    close: () => access.close(),
  };
}
