/** What one process runs with; made by `load.ts` from the environment, checked, and passed down. */
export interface Settings {
  host: string;
  port: number;
  /** Absolute path. */
  dataDir: string;
  mode: "tolerant" | "strict";
  /** Empty: keyless (only on loopback). */
  apiKeys: ApiKeySetting[];
  upstream: UpstreamSettings | null;
  /** Deployment that embeds passages and queries; null: lexical search only. */
  embeddingDeployment: string | null;
  limits: LimitSettings;
  logLevel: string;
}

export interface ApiKeySetting {
  tenant: string;
  name: string;
  key: string;
}

/** Where every deployment name is forwarded to. */
export type UpstreamSettings =
  | { type: "azure_openai"; endpoint: string; apiKey: string; apiVersion: string }
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
  /** How long a question waits for files that are still being ingested, in seconds. */
  pendingFilesSeconds: number;
}
