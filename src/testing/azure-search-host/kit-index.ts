import { KIT_DIMENSIONS, KIT_DOCUMENTS } from "../source-documents.ts";
import type { HostedIndex } from "./hosted-index.ts";

export const KIT_INDEX = "handbook";
export const KIT_SEMANTIC = "handbook-semantic";

/** An index as Microsoft's own scripts made them, with a vectorizer, and a field per group. */
export const KIT_DEFINITION = {
  name: KIT_INDEX,
  fields: [
    { name: "id", type: "Edm.String", key: true, searchable: false, retrievable: true },
    { name: "content", type: "Edm.String", searchable: true, retrievable: true },
    { name: "title", type: "Edm.String", searchable: true, retrievable: true },
    { name: "url", type: "Edm.String", searchable: false, retrievable: true },
    { name: "filepath", type: "Edm.String", searchable: false, retrievable: true },
    { name: "group_ids", type: "Collection(Edm.String)", searchable: false, retrievable: true },
    { name: "words", type: "Edm.Int32", searchable: false, retrievable: true },
    {
      name: "contentVector",
      type: "Collection(Edm.Single)",
      searchable: true,
      retrievable: true,
      dimensions: KIT_DIMENSIONS,
      vectorSearchProfile: "exact",
    },
  ],
  semantic: {
    configurations: [
      {
        name: KIT_SEMANTIC,
        prioritizedFields: {
          titleField: { fieldName: "title" },
          prioritizedContentFields: [{ fieldName: "content" }],
          prioritizedKeywordsFields: [],
        },
      },
    ],
  },
  vectorSearch: {
    profiles: [{ name: "exact", algorithm: "knn", vectorizer: "words" }],
    algorithms: [
      { name: "knn", kind: "exhaustiveKnn", exhaustiveKnnParameters: { metric: "cosine" } },
    ],
    vectorizers: [{ name: "words", kind: "customWebApi" }],
  },
};

/** `KIT_DOCUMENTS` as documents of `KIT_DEFINITION`. */
export function kitIndex(): HostedIndex {
  const documents = KIT_DOCUMENTS.map(({ group, vector, ...document }) => ({
    ...document,
    group_ids: [group, "everybody"],
    words: document.content.split(" ").length,
    contentVector: vector,
  }));
  return {
    definition: structuredClone(KIT_DEFINITION),
    documents: new Map(documents.map((document) => [document.id, document])),
  };
}
