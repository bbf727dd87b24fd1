import type { EmbeddingDependency, FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { createDiscoveries, discoveryKey, type SourceContext } from "../define-source.ts";
import type { SourcePassage, SourceQuery } from "../source.ts";
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

export interface MongoSearch<Plan> {
  search(question: MongoQuestion<Plan>): Promise<SourcePassage[]>;
  close(): Promise<void>;
}

export function createMongoSearch<Plan>(options: MongoAccessOptions): MongoSearch<Plan> {
  const access = createMongoAccess(options);
  const discoveries = createDiscoveries<Plan>();
  return {
    async search({ query, target, context, settings, discover, vectorOf, search }) {
      const { indexName, fieldsMapping: mapping, embedding } = settings;
      const { guard: _guard, ...asked } = target;
      checkPaths(mapping, target.subject);
      const plan = await discoveries.get(discoveryKey(asked, indexName, mapping), {
        signal: query.signal,
        load: (signal) => access.call(target, discover, signal),
      });
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
    close: () => access.close(),
  };
}
