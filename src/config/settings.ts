import type { DataSource } from "../protocol/data-sources/parse.ts";
import type { MlIndexDefinition } from "../protocol/data-sources/resolve-ml-index.ts";
import type { SourceDefinitions } from "../protocol/data-sources/resolve-named.ts";
import type { HostPattern } from "../util/host-pattern.ts";
import type { SignInSettings } from "./sign-in-settings.ts";

/** What one process runs with; made by `load.ts` from the environment and `groundwire.yaml`, checked, and passed down. */
export interface Settings {
  host: string;
  port: number;
  /** Absolute path. */
  dataDir: string;
  /** For callers whose key says nothing else. */
  mode: Mode;
  /** Keys of the configuration; keys made by `groundwire keys` are in the storage. */
  apiKeys: ApiKeySetting[];
  /** Takes tokens of Microsoft Entra; null: keys only. */
  entra: EntraSettings | null;
  /** Lets people sign in with a provider of OpenID Connect; null: there is none. */
  signIn: SignInSettings | null;
  /** Ties documents to groups of callers; null: whoever belongs to the tenant sees its documents. */
  access: AccessSettings | null;
  /** By name. With none of them and no `upstream` every name is the built-in answerer. */
  deployments: Record<string, DeploymentSettings>;
  /** Where names go that are none of `deployments`; null: there are no others. */
  upstream: UpstreamSettings | null;
  /** Deployment that embeds passages and queries; null: lexical search only. */
  embeddingDeployment: string | null;
  /** Hosts that requests may name beside public ones. */
  allowedHosts: HostPattern[];
  /** Every answer tells how it came to be, without being asked. */
  trace: boolean;
  /** Data sources that requests may name. */
  sources: SourceDefinitions;
  /** What indexes of Azure Machine Learning are here. */
  mlIndexes: MlIndexDefinition[];
  /** What stands in for managed identities, first match first. */
  identities: IdentitySettings[];
  answering: AnsweringSettings;
  /** Reads the best passages again, for deployments that do not say otherwise; null: nobody. */
  rerank: RerankSettings | null;
  codeInterpreter: CodeInterpreterSettings;
  conversations: ConversationSettings;
  tools: ToolSettings;
  page: PageSettings;
  limits: LimitSettings;
  logLevel: string;
}

/** Where conversations are kept, and for how long. */
export interface ConversationSettings {
  /** `sqlite:` (in the data folder), `memory:`, `redis://…`, `rediss://…` or `postgres://…`. */
  url: string;
  /** Days after its last turn that a conversation is deleted; null: never. */
  retentionDays: number | null;
  /** 32 bytes; null: kept as it is. */
  encryptionKey: Buffer | null;
  /** Who sums up the beginning of a conversation that has become too long; null: it is left out. */
  summary: { deployment: string | null; seconds: number } | null;
}

export interface CodeInterpreterSettings {
  /** `auto`: the strongest that works. */
  sandbox: "auto" | "python" | "pyodide" | "off";
  /** Path of the Python that `python` runs. */
  python: string;
  /** Folder with wheels for `pyodide`; null: its standard library only. */
  wheels: string | null;
  /** Runs at the same time. */
  concurrency: number;
  /** Sessions at the same time; between runs they only take memory. */
  sessions: number;
  /** How long the session of a conversation is kept after an answer. */
  idleSeconds: number;
  /** Requests that may wait for a run or for a session. */
  queue: number;
  limits: {
    /** Wall clock of one run. */
    seconds: number;
    /** Of a session, all its processes together. */
    memoryMb: number;
    /** Of a session's files, in memory too. */
    diskMb: number;
    /** Processes and threads of a session. */
    processes: number;
  };
}

/** What the web application says of itself. */
export interface PageSettings {
  /** Null: the name of the product. */
  title: string | null;
  /** Null: none. */
  description: string | null;
  /** Offered to people who have not asked anything yet; empty: those of the sample documents, while they are there. */
  questions: string[];
  /** Something to ask next is offered below the last answer. */
  suggestions: boolean;
}

/** How far a model may go with hosted tools in one answer. */
export interface ToolSettings {
  /** Times it may call some, several at once counting as one. */
  steps: number;
  /** From its first call on. */
  seconds: number;
  /** It reads and writes in all steps together. */
  tokens: number;
}

/** How questions are answered from data sources. */
export interface AnsweringSettings {
  rewriting: {
    /** Who writes queries for follow-ups and questions of several parts. */
    by: "model" | "rules";
    /** Model that does; null: the one that was asked. */
    deployment: string | null;
    /** Longest wait for it. */
    seconds: number;
  };
  /** What a refusal says, or that by language of the question; null: the service's sentence. */
  refusal: string | Record<string, string> | null;
  /** In scope, a model's answer that the passages do not support becomes the refusal. */
  refuseUnsupported: boolean;
  /** Share of the words of an answer without a marker that must stand in the passages, 0…1. */
  threshold: number;
}

export type RerankSettings =
  | {
      type: "endpoint";
      /** Speaks the protocol of Cohere and Jina. */
      url: string;
      apiKey: string | null;
      /** Null: the endpoint has one only. */
      model: string | null;
      /** Longest wait; then the order stays. */
      seconds: number;
    }
  | {
      type: "deployment";
      /** A chat model that lists the passages in order. */
      deployment: string;
      seconds: number;
    };

/** `tolerant` makes sense of what it can; `strict` refuses what the service refused. */
export type Mode = "tolerant" | "strict";

/** `chat`: ask and embed. `files`: files, vector stores and their contents. `admin`: keys and whatever operators see. */
export type Scope = "chat" | "files" | "admin";

export interface ApiKeySetting {
  tenant: string;
  name: string;
  key: string;
  scopes: Scope[];
  /** Null: the server's. */
  mode: Mode | null;
  rateLimits: RateLimits;
  /** Null: its holder sees every document of the tenant. */
  groups: string[] | null;
  /** Null: no end of it. */
  budget: Budget | null;
}

export interface AccessSettings {
  /** Of tokens; a list of groups. */
  claim: string;
  /** Attribute of files and field of indexes that says which groups may see a document. */
  field: string;
}

/** Per minute; null: unlimited. */
export interface RateLimits {
  requestsPerMinute: number | null;
  tokensPerMinute: number | null;
}

/** What a key may use in a day or in a month (UTC). */
export interface Budget {
  /** In the currency of the prices; null: any cost. */
  amount: number | null;
  /** Of prompts and answers together; null: any number. */
  tokens: number | null;
  per: "day" | "month";
}

/** Of a million tokens. */
export interface Price {
  input: number;
  /** Of tokens the model had read before. */
  cachedInput: number;
  output: number;
  /** ISO 4217; one for all deployments. */
  currency: string;
}

export interface EntraSettings {
  /** Directory (tenant) ids whose tokens are taken. */
  directories: string[];
  /** Taken values of `aud`. */
  audiences: string[];
  /** Taken values of `iss`; `{tenantid}` stands for each directory. */
  issuers: string[];
  /** Where the signing keys are, an http(s) URL. */
  jwksUrl: string;
  /** Tolerated difference of clocks, in seconds. */
  clockSkewSeconds: number;
  /** Our tenant that callers with a token belong to; null: one for each directory. */
  tenant: string | null;
  scopes: Scope[];
  /** Claim with the groups whose documents a caller may see; null: all of the tenant. */
  groupsClaim: string | null;
}

/** Used where a request wants to be let in by a managed identity. */
export interface IdentitySettings {
  /** Empty: every host of the Azure service in question. */
  hosts: HostPattern[];
  /** Of user-assigned identities, in lower case; empty: for every identity. */
  resourceIds: string[];
  credential:
    | { type: "managed_identity" }
    /** Whatever `@azure/identity` finds: environment, workload identity, `az login`. */
    | { type: "default" }
    | { type: "client_secret"; tenantId: string; clientId: string; clientSecret: string }
    | { type: "api_key"; key: string };
}

/** What OpenAI and Azure OpenAI embed in one call. */
export const DEFAULT_MAX_INPUTS = 2048;

/** Families of models that take and refuse the same; what, is told in `models/families.ts`. */
export const FAMILY_NAMES = [
  "standard",
  "o1-preview",
  "o1-mini",
  "o1",
  "o3-mini",
  "o3",
  "o4-mini",
  "gpt-5",
  "gpt-oss",
] as const;
export type FamilyName = (typeof FAMILY_NAMES)[number];

export interface DeploymentSettings {
  /** Null: by the model's name, else learnt from what it refuses. */
  family: FamilyName | null;
  /** Empty: the built-in answerer. */
  upstreams: DeploymentUpstream[];
  /** Tried when no upstream can answer: another deployment, or `extractive`; null: the error is given. */
  fallback: string | null;
  /** Searched for requests that name nothing to search. */
  dataSources: DataSource[];
  /** Its own reranker, or none; `default`: the server's. */
  rerank: RerankSettings | "off" | "default";
  /** Tokens its models read and write together; null: by the model's name. */
  window: number | null;
  /** Further tries after a failure that another try may mend, over all upstreams. */
  retries: number;
  rateLimits: RateLimits;
  /** Null: its tokens are counted and cost nothing. */
  price: Price | null;
}

export interface DeploymentUpstream {
  to: UpstreamSettings;
  /** Name of the model there; null: the deployment's own name. */
  model: string | null;
  /** Lower is tried first. */
  priority: number;
  /** Share of the requests among upstreams of the same priority. */
  weight: number;
  /** Longest wait for the first byte of an answer, in seconds. */
  firstByteSeconds: number;
  /** Longest silence within an answer, in seconds. */
  idleSeconds: number;
  /** Most texts one embeddings call may carry. */
  maxInputs: number;
}

/** A server with models. */
export type UpstreamSettings =
  | {
      type: "azure_openai";
      /** Without `/openai`. */
      endpoint: string;
      /** Null: tokens of Microsoft Entra. */
      apiKey: string | null;
      apiVersion: string;
    }
  | { type: "openai"; baseUrl: string; apiKey: string | null };

export interface LimitSettings {
  /** Largest upload in bytes. */
  maxFileBytes: number;
  /** Largest JSON body in bytes. */
  maxBodyBytes: number;
  /** Wall clock for reading one document, in seconds. */
  extractSeconds: number;
  /** Memory (RSS) of the process that reads one document, in MiB. */
  extractMemoryMb: number;
  /** Documents read at the same time. */
  ingestConcurrency: number;
  /** One call of a data source with all its tries, in seconds. */
  sourceSeconds: number;
  /** How long a question waits for files that are still being ingested, in seconds. */
  pendingFilesSeconds: number;
}
