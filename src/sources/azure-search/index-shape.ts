import { z } from "zod";

/** What is known of an index. */
export interface IndexShape {
  /** False: told from documents, so of fields that cannot be retrieved nothing is known. */
  isDefinition: boolean;
  /** Null: not known. */
  key: string | null;
  fields: readonly FieldShape[];
  semantic: readonly SemanticConfiguration[];
  defaultSemantic: string | null;
}

export interface FieldShape {
  name: string;
  isText: boolean;
  isSearchable: boolean;
  isRetrievable: boolean;
  vector: VectorShape | null;
}

export interface VectorShape {
  dimensions: number;
  /** `cosine`, `euclidean`, `dotProduct`, `hamming`; null: not known. */
  metric: string | null;
  /** The index embeds queries itself; null: not known. */
  hasVectorizer: boolean | null;
}

export interface SemanticConfiguration {
  name: string;
  title: string | null;
  content: readonly string[];
}

/** What is read of `GET /indexes/{name}`; everything may be missing. */
const definitionSchema = z.object({
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      key: z.boolean().nullish(),
      searchable: z.boolean().nullish(),
      retrievable: z.boolean().nullish(),
      dimensions: z.number().nullish(),
      vectorSearchProfile: z.string().nullish(),
    }),
  ),
  semantic: z
    .object({
      defaultConfiguration: z.string().nullish(),
      configurations: z
        .array(
          z.object({
            name: z.string(),
            prioritizedFields: z
              .object({
                titleField: z.object({ fieldName: z.string() }).nullish(),
                prioritizedContentFields: z.array(z.object({ fieldName: z.string() })).nullish(),
              })
              .nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
  vectorSearch: z
    .object({
      profiles: z
        .array(
          z.object({
            name: z.string(),
            algorithm: z.string().nullish(),
            vectorizer: z.string().nullish(),
          }),
        )
        .nullish(),
      algorithms: z
        .array(
          z.object({
            name: z.string(),
            hnswParameters: z.object({ metric: z.string().nullish() }).nullish(),
            exhaustiveKnnParameters: z.object({ metric: z.string().nullish() }).nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});
type Definition = z.output<typeof definitionSchema>;

const TEXT_TYPES = ["Edm.String", "Collection(Edm.String)"];

/** From the definition of the index; null when it is none. */
export function shapeOfDefinition(body: unknown): IndexShape | null {
  const { data } = definitionSchema.safeParse(body);
  if (data === undefined) return null;
  return {
    isDefinition: true,
    key: data.fields.find(({ key }) => key === true)?.name ?? null,
    fields: data.fields.map((field) => ({
      name: field.name,
      isText: TEXT_TYPES.includes(field.type),
      isSearchable: field.searchable ?? true,
      isRetrievable: field.retrievable ?? true,
      vector: vectorOf(field, data),
    })),
    semantic: (data.semantic?.configurations ?? []).map(({ name, prioritizedFields }) => ({
      name,
      title: prioritizedFields?.titleField?.fieldName ?? null,
      content: (prioritizedFields?.prioritizedContentFields ?? []).map(
        ({ fieldName }) => fieldName,
      ),
    })),
    defaultSemantic: data.semantic?.defaultConfiguration ?? null,
  };
}

function vectorOf(
  { type, dimensions, vectorSearchProfile }: Definition["fields"][number],
  { vectorSearch }: Definition,
): VectorShape | null {
  if (!type.startsWith("Collection(") || !dimensions) return null;
  const profile = vectorSearch?.profiles?.find(({ name }) => name === vectorSearchProfile);
  const algorithm = vectorSearch?.algorithms?.find(({ name }) => name === profile?.algorithm);
  const parameters = algorithm?.hnswParameters ?? algorithm?.exhaustiveKnnParameters;
  return {
    dimensions,
    // The service's default.
    metric: parameters?.metric ?? "cosine",
    hasVectorizer: Boolean(profile?.vectorizer),
  };
}

const KEY_NAMES = ["id", "key", "chunk_id", "uid", "doc_id", "document_id"];

/** From documents, where the definition may not be read; what cannot be retrieved is not among their fields. */
export function shapeOfDocuments(documents: readonly Record<string, unknown>[]): IndexShape {
  const names = [...new Set(documents.flatMap((document) => Object.keys(document)))].filter(
    (name) => !name.startsWith("@"),
  );
  const fields = names.map((name): FieldShape => {
    const value = documents.map((document) => document[name]).find((one) => one != null);
    const isVector = Array.isArray(value) && value.length > 1 && value.every(isNumber);
    const isText =
      typeof value === "string" || (Array.isArray(value) && typeof value[0] === "string");
    return {
      name,
      isText,
      isSearchable: isText,
      isRetrievable: true,
      vector: isVector ? { dimensions: value.length, metric: null, hasVectorizer: null } : null,
    };
  });
  return {
    isDefinition: false,
    key: KEY_NAMES.find((name) => names.includes(name)) ?? null,
    fields: longestTextFirst(fields, documents),
    semantic: [],
    defaultSemantic: null,
  };
}

/** Where no name tells, the field with the longest text is the content. */
function longestTextFirst(
  fields: FieldShape[],
  documents: readonly Record<string, unknown>[],
): FieldShape[] {
  const length = ({ name, isText }: FieldShape): number =>
    isText ? documents.reduce((sum, document) => sum + lengthOf(document[name]), 0) : -1;
  return fields.toSorted((left, right) => length(right) - length(left));
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}
