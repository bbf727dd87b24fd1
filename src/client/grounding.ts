import type { CitationExtension } from "../protocol/extensions.ts";
import type OpenAI from "openai";
import type { AttributeFilter } from "../protocol/filters.ts";

/** Wire parameters every type of data source takes; absent ones have the service's defaults. */
export interface CommonParameters {
  in_scope?: boolean;
  /** 1…5 */
  strictness?: number;
  top_n_documents?: number;
  role_information?: string;
  max_search_queries?: number;
  allow_partial_result?: boolean;
  include_contexts?: ("citations" | "intent" | "all_retrieved_documents")[];
}

export interface FieldsMapping {
  content_fields?: string[];
  vector_fields?: string[];
  image_vector_fields?: string[];
  content_fields_separator?: string;
  title_field?: string | null;
  url_field?: string | null;
  filepath_field?: string | null;
}

interface ApiKey {
  type: "api_key";
  key: string;
}
interface AccessToken {
  type: "access_token";
  access_token: string;
}
interface SystemIdentity {
  type: "system_assigned_managed_identity";
}
interface UserIdentity {
  type: "user_assigned_managed_identity";
  managed_identity_resource_id: string;
}

interface EmbeddingDeployment {
  type: "deployment_name";
  deployment_name: string;
  dimensions?: number;
}
interface EmbeddingEndpoint {
  type: "endpoint";
  /** The whole URL of the embeddings operation. */
  endpoint: string;
  authentication?: ApiKey | AccessToken | SystemIdentity;
  dimensions?: number;
}

interface Source<Type extends string, Parameters> {
  type: Type;
  parameters: Parameters & CommonParameters;
}

/** One entry of `data_sources`, as the wire spells it. */
export type DataSource =
  | Source<
      "file_search",
      {
        vector_store_id?: string;
        vector_store_ids?: string[];
        max_num_results?: number;
        ranking_options?: { score_threshold?: number };
        filters?: AttributeFilter;
        /** The same in OData; both must hold. */
        filter?: string;
      }
    >
  | Source<
      "azure_search",
      {
        endpoint: string;
        index_name: string;
        authentication: ApiKey | AccessToken | SystemIdentity | UserIdentity;
        fields_mapping?: FieldsMapping;
        query_type?:
          | "simple"
          | "semantic"
          | "vector"
          | "vector_simple_hybrid"
          | "vector_semantic_hybrid";
        semantic_configuration?: string;
        filter?: string;
        embedding_dependency?: EmbeddingDeployment | EmbeddingEndpoint | { type: "integrated" };
        api_version?: string;
      }
    >
  | Source<
      "azure_cosmos_db",
      {
        authentication: { type: "connection_string"; connection_string: string };
        database_name: string;
        container_name: string;
        index_name: string;
        fields_mapping: FieldsMapping;
        embedding_dependency: EmbeddingDeployment | EmbeddingEndpoint;
      }
    >
  | Source<
      "elasticsearch",
      {
        endpoint: string;
        index_name: string;
        authentication:
          | { type: "key_and_key_id"; key: string; key_id: string }
          | { type: "encoded_api_key"; encoded_api_key: string };
        fields_mapping?: FieldsMapping;
        query_type?: "simple" | "vector";
        embedding_dependency?:
          | EmbeddingDeployment
          | EmbeddingEndpoint
          | { type: "model_id"; model_id: string };
      }
    >
  | Source<
      "mongo_db",
      {
        endpoint: string;
        authentication: { type: "username_and_password"; username: string; password: string };
        app_name: string;
        database_name: string;
        collection_name: string;
        index_name: string;
        fields_mapping: FieldsMapping;
        embedding_dependency: EmbeddingDeployment | EmbeddingEndpoint;
      }
    >
  | Source<
      "pinecone",
      {
        environment: string;
        index_name: string;
        authentication: ApiKey;
        fields_mapping: FieldsMapping;
        embedding_dependency: EmbeddingDeployment | EmbeddingEndpoint;
      }
    >
  | Source<
      "azure_ml_index",
      {
        project_resource_id: string;
        name: string;
        version: string;
        authentication: AccessToken | SystemIdentity | UserIdentity;
        filter?: string;
      }
    >
  | Source<"named", { name: string; filter?: string; filters?: AttributeFilter }>;

/** What an answer rests on; `[docN]` is the Nth of `citations`. */
export interface Context {
  citations?: Citation[];
  /** JSON text of a list of the queries that were searched. */
  intent?: string;
  all_retrieved_documents?: RetrievedDocument[];
}

export interface Citation {
  content: string;
  title: string | null;
  url: string | null;
  filepath: string | null;
  chunk_id: string | null;
  /** When the request had the header `x-groundwire-extensions: 1`. */
  x_groundwire?: CitationExtension;
}

export interface RetrievedDocument extends Citation {
  search_queries: string[];
  data_source_index: number;
  original_search_score: number;
  rerank_score?: number;
  /** Absent: the model was given it. */
  filter_reason?: "score" | "rerank";
}

/** Tools the server runs itself. */
type HostedTool = { type: "file_search" | "code_interpreter" };

/** Fields of a chat request that the official types lack, or know with fewer values. */
interface Extensions {
  data_sources?: DataSource[];
  tools?: (OpenAI.ChatCompletionTool | HostedTool)[];
  tool_resources?: {
    file_search?: { vector_store_ids: string[] };
    code_interpreter?: { file_ids: string[] };
  };
  truncation_strategy?: { type: "auto" } | { type: "last_messages"; last_messages: number };
}

type Grounded<Params> = Omit<Params, keyof Extensions> & Extensions;

/**
 * A request for `client.chat.completions.create` with what the official types do not know. It is the request itself: only
 * the types differ. Stands beside `@azure/openai/types`, and needs no declarations of its own.
 */
export function grounded(
  request: Grounded<OpenAI.ChatCompletionCreateParamsStreaming>,
): OpenAI.ChatCompletionCreateParamsStreaming;
export function grounded(
  request: Grounded<OpenAI.ChatCompletionCreateParamsNonStreaming>,
): OpenAI.ChatCompletionCreateParamsNonStreaming;
export function grounded(
  request: Grounded<OpenAI.ChatCompletionCreateParams>,
): OpenAI.ChatCompletionCreateParams {
  // The client sends every field it is given, known to its types or not.
  return request as OpenAI.ChatCompletionCreateParams;
}

/** The context of an answer; null when it has none. */
export function contextOf(message: OpenAI.ChatCompletionMessage): Context | null {
  return contextIn(message);
}

/** The context in a chunk of a stream: the first chunk has it, before any text. */
export function contextOfChunk(chunk: OpenAI.ChatCompletionChunk): Context | null {
  return contextIn(chunk.choices[0]?.delta);
}

function contextIn(part: object | undefined): Context | null {
  if (part === undefined || !("context" in part)) return null;
  // The wire's own extension; the official types have no name for it.
  return (part.context as Context | null) ?? null;
}
