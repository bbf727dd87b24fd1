import { availableParallelism } from "node:os";
import { resolve } from "node:path";

import { z } from "zod";

import { checkDeployments } from "./check-deployments.ts";
import { codeInterpreterVariables, withVariables } from "./code-interpreter-schema.ts";
import { conversationsUrl } from "./conversations-schema.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type Environment, misspelt, NOT_YET, type VariableName, withoutBlanks } from "./env.ts";
import { readAllowedHosts } from "./allowed-hosts.ts";
import { readConfigurationFile } from "./file.ts";
import { isLoopback } from "./open-host.ts";
import type { ConfigurationFile } from "./file-schema.ts";
import type { SignInSettings } from "./sign-in-settings.ts";
import type {
  AccessSettings,
  ApiKeySetting,
  Scope,
  Settings,
  UpstreamSettings,
} from "./settings.ts";
import { checkedUrl, DEFAULT_API_VERSION } from "./urls.ts";

const MEBIBYTE = 1024 * 1024;

const NUMBER = z.number("not a number");
const WHOLE_NUMBER = z.int("not a whole number");
const PORT_RANGE = "must be from 0 (any free port) to 65535";

const limit = (fallback: number, number = NUMBER): z.ZodType<number, string | undefined> =>
  z
    .string()
    .default(String(fallback))
    .transform(Number)
    .pipe(number.positive("must be more than 0"));

const schema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z
    .string()
    .default("8080")
    .transform(Number)
    .pipe(WHOLE_NUMBER.min(0, PORT_RANGE).max(65_535, PORT_RANGE)),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  GROUNDWIRE_DATA_DIR: z.string().default("./data"),
  GROUNDWIRE_MODE: z.enum(["tolerant", "strict"]).optional(),
  GROUNDWIRE_EMBEDDING_DEPLOYMENT: z.string().optional(),
  GROUNDWIRE_MAX_FILE_MB: limit(512),
  GROUNDWIRE_EXTRACT_SECONDS: limit(60),
  GROUNDWIRE_EXTRACT_MEMORY_MB: limit(1024, WHOLE_NUMBER),
  GROUNDWIRE_INGEST_CONCURRENCY: limit(
    Math.max(1, Math.floor(availableParallelism() / 2)),
    WHOLE_NUMBER,
  ),
  GROUNDWIRE_PENDING_FILES_SECONDS: limit(30),
  GROUNDWIRE_SOURCE_SECONDS: limit(30),
  ...codeInterpreterVariables,
  GROUNDWIRE_CONVERSATIONS_URL: conversationsUrl.optional(),
  GROUNDWIRE_ALLOW_HOSTS: z.string().default("").transform(readAllowedHosts),
});

export interface LoadedSettings {
  settings: Settings;
  /** Not wrong, but probably not meant. */
  warnings: string[];
}

/**
 * Checks the environment and makes the settings of one server from it.
 * @throws ConfigurationError naming every variable that is wrong.
 */
export function loadSettings(given: Environment): LoadedSettings {
  const environment = withoutBlanks(given);
  refuseUnsupported(environment);
  const parsed = schema.safeParse(environment);
  if (!parsed.success) {
    throw new ConfigurationError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"),
    );
  }
  const values = parsed.data;
  const file = readConfigurationFile(environment);
  const apiKeys = distinctKeys([...parseApiKeys(environment["GROUNDWIRE_API_KEYS"]), ...file.keys]);
  const access = file.access ?? null;
  refuseIdleGroups(apiKeys, access);
  const entra = file.auth.entra ? { ...file.auth.entra, groupsClaim: access?.claim ?? null } : null;
  const signIn = signInOf(file, values.HOST);
  const upstream = upstreamOf(environment);
  const embeddingDeployment = values.GROUNDWIRE_EMBEDDING_DEPLOYMENT ?? null;
  checkDeployments(file.deployments, {
    embeddingDeployment,
    modelDeployments: deploymentsNamedIn(file),
    hasUpstream: upstream !== null,
    sources: Object.keys(file.sources),
  });
  return {
    settings: {
      host: values.HOST,
      port: values.PORT,
      dataDir: resolve(values.GROUNDWIRE_DATA_DIR),
      mode: values.GROUNDWIRE_MODE ?? file.mode ?? "tolerant",
      apiKeys,
      entra,
      signIn,
      access,
      deployments: file.deployments,
      upstream,
      embeddingDeployment,
      sources: file.sources,
      mlIndexes: file.ml_indexes,
      identities: file.identities,
      allowedHosts: values.GROUNDWIRE_ALLOW_HOSTS,
      trace: file.trace,
      answering: file.answering,
      rerank: file.rerank ?? null,
      conversations: {
        ...file.conversations,
        ...(values.GROUNDWIRE_CONVERSATIONS_URL === undefined
          ? {}
          : { url: values.GROUNDWIRE_CONVERSATIONS_URL }),
      },
      codeInterpreter: withVariables(file.code_interpreter, values),
      tools: file.tools,
      page: file.page,
      limits: {
        maxFileBytes: Math.floor(values.GROUNDWIRE_MAX_FILE_MB * MEBIBYTE),
        maxBodyBytes: 32 * MEBIBYTE,
        extractSeconds: values.GROUNDWIRE_EXTRACT_SECONDS,
        extractMemoryMb: values.GROUNDWIRE_EXTRACT_MEMORY_MB,
        ingestConcurrency: values.GROUNDWIRE_INGEST_CONCURRENCY,
        sourceSeconds: values.GROUNDWIRE_SOURCE_SECONDS,
        pendingFilesSeconds: values.GROUNDWIRE_PENDING_FILES_SECONDS,
      },
      logLevel: values.LOG_LEVEL,
    },
    warnings: [
      ...misspelt(environment).map(
        ({ name, nearest }) => `${name} is not a setting; did you mean ${nearest}?`,
      ),
      ...halfSet(environment),
    ],
  };
}

function signInOf(
  { sign_in: given, access }: ConfigurationFile,
  host: string,
): SignInSettings | null {
  if (given === undefined) return null;
  if (given.publicUrl === null && !isLoopback(host)) {
    throw new ConfigurationError(
      `sign_in: HOST=${host} can be reached from other machines, so 'public_url' has to say under which address browsers reach this server: public_url: https://ask.example.com`,
    );
  }
  return {
    ...given,
    groupsClaim: given.groupsClaim ?? access?.claim ?? "groups",
    accessClaim: access?.claim ?? null,
  };
}

/** Where the file names a deployment by which something else is done, with the name. */
function deploymentsNamedIn({
  answering,
  rerank,
  deployments,
  conversations,
}: ConfigurationFile): [path: string, name: string][] {
  const rerankers = [
    ["rerank", rerank] as const,
    ...Object.entries(deployments).map(
      ([name, own]) => [`deployments.${name}.rerank`, own.rerank] as const,
    ),
  ];
  const helpers = [
    ["answering.rewriting.deployment", answering.rewriting.deployment] as const,
    ["conversations.summary.deployment", conversations.summary?.deployment ?? null] as const,
  ];
  return [
    ...helpers.flatMap(([path, name]): [string, string][] => (name === null ? [] : [[path, name]])),
    ...rerankers.flatMap(([path, reranker]): [string, string][] =>
      typeof reranker === "object" && reranker.type === "deployment"
        ? [[`${path}.deployment`, reranker.deployment]]
        : [],
    ),
  ];
}

/** Variables that do nothing without another one, which somebody may believe to be enough. */
function halfSet(environment: Environment): string[] {
  const needs: [VariableName, VariableName, string][] = [
    [
      "GROUNDWIRE_API_KEY",
      "GROUNDWIRE_API_KEYS",
      "unless `groundwire keys` has made one the server asks nobody for a key",
    ],
    ["OPENAI_API_KEY", "OPENAI_BASE_URL", "no model is used"],
    ["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "no model is used"],
  ];
  return needs
    .filter(([name, other]) => environment[name] !== undefined && environment[other] === undefined)
    .map(([name, other, effect]) => `${name} is set but ${other} is not, so ${effect}.`);
}

function refuseUnsupported(environment: Environment): void {
  const set = NOT_YET.filter((name) => environment[name] !== undefined);
  if (set.length > 0) {
    throw new ConfigurationError(
      `${set.join(", ")}: not supported by this version yet. Unset it to start.`,
    );
  }
}

/** `name:key` is a tenant of its own; `tenant/name:key` puts keys of one tenant together. */
export function parseApiKeys(list: string | undefined): ApiKeySetting[] {
  const entries = (list ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);
  const keys = entries.map((entry, index) => {
    const [, tenant, name, key] = /^(?:([\w.-]+)\/)?([\w.-]+):(\S+)$/u.exec(entry) ?? [];
    if (name === undefined || key === undefined) {
      throw new ConfigurationError(
        `GROUNDWIRE_API_KEYS: entry ${index + 1} is not of the form name:key or tenant/name:key.`,
      );
    }
    return {
      tenant: tenant ?? name,
      name,
      key,
      scopes: ["chat", "files"] satisfies Scope[],
      mode: null,
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      groups: null,
      budget: null,
    };
  });
  return keys;
}

/** Groups that limit nothing would be believed to. */
function refuseIdleGroups(keys: ApiKeySetting[], access: AccessSettings | null): void {
  const limited = keys.find(({ groups }) => groups !== null);
  if (limited === undefined || access !== null) return;
  throw new ConfigurationError(
    `keys: '${limited.name}' has groups, but no 'access' says which documents they may see. Add access: { field: group_ids }.`,
  );
}

function distinctKeys(keys: ApiKeySetting[]): ApiKeySetting[] {
  if (new Set(keys.map(({ key }) => key)).size === keys.length) return keys;
  throw new ConfigurationError(
    "GROUNDWIRE_API_KEYS and 'keys' of groundwire.yaml: two entries have the same key.",
  );
}

function upstreamOf(environment: Environment): UpstreamSettings | null {
  const value = (name: VariableName): string | undefined => environment[name];
  const endpoint = value("AZURE_OPENAI_ENDPOINT");
  const baseUrl = value("OPENAI_BASE_URL");
  if (endpoint !== undefined && baseUrl !== undefined) {
    throw new ConfigurationError(
      "AZURE_OPENAI_ENDPOINT and OPENAI_BASE_URL are both set: unset the one that is not meant.",
    );
  }
  if (endpoint !== undefined) {
    return {
      type: "azure_openai",
      endpoint: urlIn("AZURE_OPENAI_ENDPOINT", endpoint),
      apiKey: value("AZURE_OPENAI_API_KEY") ?? null,
      apiVersion: value("OPENAI_API_VERSION") ?? DEFAULT_API_VERSION,
    };
  }
  if (baseUrl === undefined) return null;
  return {
    type: "openai",
    baseUrl: urlIn("OPENAI_BASE_URL", baseUrl),
    apiKey: value("OPENAI_API_KEY") ?? null,
  };
}

function urlIn(name: VariableName, value: string): string {
  const checked = checkedUrl(value);
  if ("url" in checked) return checked.url;
  throw new ConfigurationError(`${name} ${checked.problem}`);
}
