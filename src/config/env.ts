import { nearest } from "./nearest.ts";

/** Every environment variable the server reads, with what it is for. The only place that names them. */
export const VARIABLES = {
  HOST: "address to listen on (127.0.0.1)",
  PORT: "port to listen on (8080)",
  LOG_LEVEL: "trace, debug, info, warn, error or silent (info)",
  GROUNDWIRE_DATA_DIR: "folder that holds everything (./data)",
  GROUNDWIRE_API_KEYS: "name:key,tenant/name:key,…; required unless HOST is loopback",
  GROUNDWIRE_CONFIG:
    "file with deployments, keys and sign-in (./groundwire.yaml when there is one)",
  GROUNDWIRE_MODE: "tolerant, or strict: refuse what the service refused (tolerant)",
  GROUNDWIRE_EMBEDDING_DEPLOYMENT: "model that embeds passages and questions (none: words only)",
  GROUNDWIRE_ALLOW_HOSTS:
    "host[:port],*.suffix,…: private hosts that data sources of requests may name (none)",
  GROUNDWIRE_SOURCE_SECONDS: "longest time for one call of a data source (30)",
  GROUNDWIRE_MAX_FILE_MB: "largest upload (512)",
  GROUNDWIRE_EXTRACT_SECONDS: "longest time for reading one document (60)",
  GROUNDWIRE_EXTRACT_MEMORY_MB: "most memory for reading one document (1024)",
  GROUNDWIRE_INGEST_CONCURRENCY: "documents read at the same time (1 per 2 processors, at least 1)",
  GROUNDWIRE_PENDING_FILES_SECONDS: "how long a question waits for files being ingested (30)",
  GROUNDWIRE_CONVERSATIONS_URL:
    "where conversations are kept: sqlite:, memory:, redis://… or postgres://… (sqlite: in the data folder)",
  GROUNDWIRE_CODE_INTERPRETER:
    "where code of models runs: auto, python (bubblewrap), pyodide or off (auto)",
  GROUNDWIRE_CODE_INTERPRETER_SECONDS: "longest time for one run of code (60)",
  GROUNDWIRE_CODE_INTERPRETER_MEMORY_MB: "most memory of a session of the code interpreter (1024)",
  GROUNDWIRE_CODE_INTERPRETER_CONCURRENCY: "runs of code at the same time (2)",
  GROUNDWIRE_PYODIDE_PACKAGES: "folder with wheels for pyodide (none: standard library only)",
  AZURE_OPENAI_ENDPOINT: "https://….openai.azure.com: every deployment is forwarded there",
  AZURE_OPENAI_API_KEY: "its key (none: tokens of Microsoft Entra)",
  OPENAI_API_VERSION: "its api-version (2025-04-01-preview)",
  OPENAI_BASE_URL: "an OpenAI-compatible server: every deployment is forwarded there as model",
  OPENAI_API_KEY: "its key",
  GROUNDWIRE_URL: "server the command line talks to",
  GROUNDWIRE_API_KEY: "key the command line sends",
} as const;

export type VariableName = keyof typeof VARIABLES;
export type Environment = Partial<Record<string, string>>;

/** Variables of the design that this version does not serve yet: better refused than silently ignored. */
export const NOT_YET = ["GROUNDWIRE_DATABASE_URL"] as const;

/** The process's own environment. An empty value counts as not set. */
export function readEnvironment(): Environment {
  return withoutBlanks(process.env);
}

export function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
}

/** Names that look like ours but are not, with the known name they are nearest to. */
export function misspelt(environment: Environment): { name: string; nearest: string }[] {
  const known: string[] = [...Object.keys(VARIABLES), ...NOT_YET];
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .map((name) => ({ name, nearest: nearestVariable(name, known) }));
}

const PREFIX = "GROUNDWIRE_";

/** The prefix is left out of the comparison: whoever writes GROUNDWIRE_PORT means PORT. */
function nearestVariable(name: string, known: string[]): string {
  const bare = known.map((candidate) => candidate.replace(PREFIX, ""));
  const found = nearest(name.replace(PREFIX, ""), bare) ?? "";
  return known[bare.indexOf(found)] ?? found;
}
