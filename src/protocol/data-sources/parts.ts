import { z } from "zod";
import { integer } from "./common.ts";

/** How a source lets us in. Never logged. */
export type Authentication =
  | { type: "api_key"; key: string }
  | { type: "connection_string"; connectionString: string }
  | { type: "key_and_key_id"; key: string; keyId: string }
  | { type: "encoded_api_key"; encodedApiKey: string }
  | { type: "access_token"; accessToken: string }
  | { type: "system_assigned_managed_identity" }
  | { type: "user_assigned_managed_identity"; managedIdentityResourceId: string }
  | { type: "username_and_password"; username: string; password: string };

export type AuthenticationType = Authentication["type"];
type Of<Type extends AuthenticationType> = Extract<Authentication, { type: Type }>;

/** What embeds the question for a vector search. */
export type EmbeddingDependency =
  | { type: "deployment_name"; deploymentName: string; dimensions: number | null }
  | {
      type: "endpoint";
      /** Whole URL of the embeddings operation, without a query. */
      endpoint: string;
      authentication: Of<"api_key" | "access_token" | "system_assigned_managed_identity"> | null;
      dimensions: number | null;
    }
  | { type: "integrated" }
  | { type: "model_id"; modelId: string };

/** Which fields of an index hold what; empty and null: found out by looking at the index. */
export interface FieldsMapping {
  contentFields: string[];
  vectorFields: string[];
  imageVectorFields: string[];
  contentFieldsSeparator: string;
  titleField: string | null;
  urlField: string | null;
  filepathField: string | null;
}

const text = z.string().min(1);

/** The names are those of the wire, and of the query it is sent in. */
const authentications = {
  api_key: z.strictObject({ type: z.literal("api_key"), key: text }),
  connection_string: z
    .strictObject({ type: z.literal("connection_string"), connection_string: text })
    .transform(({ type, connection_string: connectionString }) => ({ type, connectionString })),
  key_and_key_id: z
    .strictObject({ type: z.literal("key_and_key_id"), key: text, key_id: text })
    .transform(({ type, key, key_id: keyId }) => ({ type, key, keyId })),
  encoded_api_key: z
    .strictObject({ type: z.literal("encoded_api_key"), encoded_api_key: text })
    .transform(({ type, encoded_api_key: encodedApiKey }) => ({ type, encodedApiKey })),
  access_token: z
    .strictObject({ type: z.literal("access_token"), access_token: text })
    .transform(({ type, access_token: accessToken }) => ({ type, accessToken })),
  system_assigned_managed_identity: z.strictObject({
    type: z.literal("system_assigned_managed_identity"),
  }),
  user_assigned_managed_identity: z
    .strictObject({
      type: z.literal("user_assigned_managed_identity"),
      managed_identity_resource_id: text,
    })
    .transform(({ type, managed_identity_resource_id: managedIdentityResourceId }) => ({
      type,
      managedIdentityResourceId,
    })),
  username_and_password: z.strictObject({
    type: z.literal("username_and_password"),
    username: text,
    password: text,
  }),
} satisfies Record<AuthenticationType, z.ZodType<Authentication>>;

/** One of the kinds of authentication a type of source takes. */
export function authentication<Type extends AuthenticationType>(
  first: Type,
  ...others: Type[]
): z.ZodType<Of<Type>> {
  const names = [first, ...others];
  const options = names.map((name) => authentications[name]);
  const union = z.discriminatedUnion(
    "type",
    [options[0] ?? authentications.api_key, ...options.slice(1)],
    {
      error: (issue) =>
        issue.code === "invalid_union" ? `Input should be of type ${quoted(names)}` : undefined,
    },
  );
  // Of the table's rows only those named here take part.
  return union as unknown as z.ZodType<Of<Type>>;
}

/** An http(s) URL; a slash at its end means nothing. */
export const endpoint = z
  .string()
  .refine((value) => /^https?:\/\//iu.test(value) && URL.canParse(value), {
    error: "Input should be a valid URL",
  })
  .transform((value) => value.replace(/\/+$/u, ""));

const dimensions = integer
  .pipe(z.int().min(1))
  .nullish()
  .transform((value) => value ?? null);

const embeddings = {
  deployment_name: z
    .strictObject({ type: z.literal("deployment_name"), deployment_name: text, dimensions })
    .transform(({ deployment_name: deploymentName, ...rest }) => ({ ...rest, deploymentName })),
  endpoint: z
    .strictObject({
      type: z.literal("endpoint"),
      // A version in the query was once required and later forbidden.
      endpoint: endpoint.transform((value) => value.split("?", 1)[0] ?? value),
      authentication: authentication(
        "api_key",
        "access_token",
        "system_assigned_managed_identity",
      ).optional(),
      dimensions,
    })
    .transform((value) => ({ ...value, authentication: value.authentication ?? null })),
  integrated: z.strictObject({ type: z.literal("integrated") }),
  model_id: z
    .strictObject({ type: z.literal("model_id"), model_id: text })
    .transform(({ type, model_id: modelId }) => ({ type, modelId })),
} satisfies Record<EmbeddingDependency["type"], z.ZodType<EmbeddingDependency>>;

/** One of the kinds of embedding a type of source takes. */
export function embeddingDependency<Type extends EmbeddingDependency["type"]>(
  first: Type,
  ...others: Type[]
): z.ZodType<Extract<EmbeddingDependency, { type: Type }>> {
  const names = [first, ...others];
  const options = names.map((name) => embeddings[name]);
  const union = z.discriminatedUnion(
    "type",
    [options[0] ?? embeddings.integrated, ...options.slice(1)],
    {
      error: (issue) =>
        issue.code === "invalid_union" ? `Input should be of type ${quoted(names)}` : undefined,
    },
  );
  // As above.
  return union as unknown as z.ZodType<Extract<EmbeddingDependency, { type: Type }>>;
}

const fields = z.array(text).max(100);

const fieldsMappingShape = z.strictObject({
  content_fields: fields.default([]),
  vector_fields: fields.default([]),
  image_vector_fields: fields.default([]),
  content_fields_separator: z.string().default("\n"),
  title_field: text.optional(),
  url_field: text.optional(),
  filepath_field: text.optional(),
});

export const fieldsMapping = fieldsMappingShape.transform((wire): FieldsMapping => ({
  contentFields: wire.content_fields,
  vectorFields: wire.vector_fields,
  imageVectorFields: wire.image_vector_fields,
  contentFieldsSeparator: unescaped(wire.content_fields_separator),
  titleField: wire.title_field ?? null,
  urlField: wire.url_field ?? null,
  filepathField: wire.filepath_field ?? null,
}));

export const NO_MAPPING: FieldsMapping = fieldsMapping.parse({});

/** The service's own examples write a line feed as a backslash and an n. */
function unescaped(separator: string): string {
  return separator.replaceAll("\\r", "\r").replaceAll("\\n", "\n").replaceAll("\\t", "\t");
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}
