import { z } from "zod";

import {
  DEFAULT_MAX_INPUTS,
  FAMILY_NAMES,
  type DeploymentSettings,
  type DeploymentUpstream,
  type EntraSettings,
  type UpstreamSettings,
} from "./settings.ts";
import { defaultSource, sourceDefinition } from "./source-schema.ts";
import { identity } from "./identity-schema.ts";
import { answering, rerank, tools } from "./answering-schema.ts";
import { codeInterpreter } from "./code-interpreter-schema.ts";
import { conversations } from "./conversations-schema.ts";
import { page } from "./page-schema.ts";
import { fromText, name, rateLimits, scopes, seconds, secret, section, url } from "./section.ts";
import { signIn } from "./sign-in-schema.ts";
import { budget, price } from "./usage-schema.ts";
import { DEFAULT_API_VERSION } from "./urls.ts";
import { mlIndex } from "./ml-index-schema.ts";

const mode = z.enum(["tolerant", "strict"]);

/** Beside where it is: how it is chosen and how long it may take. */
const choosing = {
  priority: z.preprocess(fromText, z.int().min(0)).default(1),
  weight: z.preprocess(fromText, z.number().positive()).default(1),
  first_byte_seconds: seconds.default(600),
  idle_seconds: seconds.default(600),
  /** Most texts it embeds in one call. */
  max_inputs: z.preprocess(fromText, z.int().positive()).default(DEFAULT_MAX_INPUTS),
};

const azureUpstream = section({
  type: z.literal("azure_openai"),
  endpoint: url,
  /** Name of the deployment there; the deployment's own name by default. */
  deployment: z.string().min(1).optional(),
  /** Without one: tokens of Microsoft Entra, by the credentials `@azure/identity` finds. */
  api_key: secret.optional(),
  api_version: z.string().default(DEFAULT_API_VERSION),
  ...choosing,
}).transform(({ type, endpoint, deployment, api_key, api_version, ...rest }): DeploymentUpstream =>
  chosen({ type, endpoint, apiKey: api_key ?? null, apiVersion: api_version }, deployment, rest),
);

const openaiUpstream = section({
  type: z.literal("openai"),
  base_url: url,
  /** Name of the model there; the deployment's own name by default. */
  model: z.string().min(1).optional(),
  /** `none` is as good as nothing: no key is sent. */
  api_key: secret.optional(),
  ...choosing,
}).transform(({ type, base_url, model, api_key, ...rest }): DeploymentUpstream =>
  chosen(
    {
      type,
      baseUrl: base_url,
      apiKey: api_key === undefined || api_key === "none" ? null : api_key,
    },
    model,
    rest,
  ),
);

type Choosing = z.output<z.ZodObject<typeof choosing>>;

function chosen(
  to: UpstreamSettings,
  model: string | undefined,
  rest: Choosing,
): DeploymentUpstream {
  return {
    to,
    model: model ?? null,
    priority: rest.priority,
    weight: rest.weight,
    firstByteSeconds: rest.first_byte_seconds,
    idleSeconds: rest.idle_seconds,
    maxInputs: rest.max_inputs,
  };
}

const deployment = section({
  family: z.enum(FAMILY_NAMES).optional(),
  upstreams: z.array(z.discriminatedUnion("type", [azureUpstream, openaiUpstream])).default([]),
  fallback: z.string().optional(),
  /** Tokens its models read and write together. */
  window: z.preprocess(fromText, z.int().min(1_000)).optional(),
  data_sources: z.array(defaultSource).default([]),
  retries: z.preprocess(fromText, z.int().min(0).max(10)).default(2),
  rate_limits: rateLimits,
  price: price.optional(),
  /** `off`, or another one than the server's. */
  rerank: z.union([z.literal("off"), rerank]).optional(),
}).transform((given): DeploymentSettings => ({
  family: given.family ?? null,
  upstreams: given.upstreams,
  fallback: given.fallback ?? null,
  window: given.window ?? null,
  dataSources: given.data_sources,
  retries: given.retries,
  rateLimits: given.rate_limits,
  price: given.price ?? null,
  rerank: given.rerank ?? "default",
}));

const key = section({
  name,
  tenant: name.optional(),
  key: secret,
  scopes: scopes.default(["chat", "files"]),
  mode: mode.optional(),
  rate_limits: rateLimits,
  /** Whose documents it may see; needs `access`. */
  groups: z.array(z.string().min(1)).optional(),
  budget: budget.optional(),
}).transform(({ rate_limits, ...given }) => ({
  ...given,
  tenant: given.tenant ?? given.name,
  mode: given.mode ?? null,
  rateLimits: rate_limits,
  groups: given.groups ?? null,
  budget: given.budget ?? null,
}));

/** Ties documents to groups of callers. */
const access = section({
  claim: z.string().min(1).default("groups"),
  field: z
    .string()
    .regex(/^[A-Za-z_]\w{0,63}$/u, "must be a name of letters, digits and underscores")
    .default("group_ids"),
});

const PUBLIC_CLOUD = "https://login.microsoftonline.com";

const entra = section({
  directories: z.array(z.uuid("must be a directory (tenant) id")).min(1),
  audiences: z
    .array(z.string().min(1))
    .min(1)
    .default(["https://cognitiveservices.azure.com", "https://ai.azure.com"]),
  issuers: z
    .array(z.string().min(1))
    .min(1)
    .default(["https://sts.windows.net/{tenantid}/", `${PUBLIC_CLOUD}/{tenantid}/v2.0`]),
  jwks_url: url.default(`${PUBLIC_CLOUD}/common/discovery/v2.0/keys`),
  clock_skew_seconds: z.preprocess(fromText, z.number().min(0).max(600)).default(60),
  tenant: name.optional(),
  scopes: scopes.default(["chat", "files"]),
}).transform((given): Omit<EntraSettings, "groupsClaim"> => ({
  directories: given.directories,
  audiences: given.audiences,
  issuers: given.issuers,
  jwksUrl: given.jwks_url,
  clockSkewSeconds: given.clock_skew_seconds,
  tenant: given.tenant ?? null,
  scopes: given.scopes,
}));

/** `groundwire.yaml`, checked and in the shape of `Settings`. */
export const fileSchema = section({
  mode: mode.optional(),
  deployments: z.record(z.string().min(1), deployment).default({}),
  keys: z.array(key).default([]),
  access: access.optional(),
  auth: section({ entra: entra.optional() }).default({}),
  sign_in: signIn.optional(),
  trace: z.boolean().default(false),
  identities: z.array(identity).default([]),
  answering: answering.prefault({}),
  sources: z.record(name, sourceDefinition).default({}),
  rerank: rerank.optional(),
  ml_indexes: z.array(mlIndex).default([]),
  code_interpreter: codeInterpreter.prefault({}),
  conversations: conversations.prefault({}),
  tools: tools.prefault({}),
  page: page.prefault({}),
});

export type ConfigurationFile = z.output<typeof fileSchema>;
