import { Agent } from "undici";

import {
  DEFAULT_MAX_INPUTS,
  type DeploymentSettings,
  type DeploymentUpstream,
  type RateLimits,
  type Settings,
  type UpstreamSettings,
} from "../config/settings.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { createCircuit } from "../upstream/circuit.ts";
import { createPool, type PoolEvent } from "../upstream/pool.ts";
import type { EmbeddingModel } from "./model.ts";
import type { Deployment, Deployments } from "./deployments.ts";
import { createEmbeddingModel } from "./embeddings.ts";
import { FAMILIES, familyOf } from "./families.ts";
import type { ModelUpstream } from "./model-upstream.ts";
import { createChatModel } from "./openai-compatible.ts";
import { sizesOf } from "./model-sizes.ts";
import { listModels } from "./list-models.ts";
import { createTargets, type Targets } from "./upstream.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** Names that were forwarded are remembered, with what was learnt of them; callers could make up any number. */
const MOST_FORWARDED = 500;
const UNLIMITED: RateLimits = { requestsPerMinute: null, tokensPerMinute: null };
const BUILT_IN: Deployment = {
  kind: "extractive",
  dataSources: [],
  rerank: "default",
  rateLimits: UNLIMITED,
};

/** How a name without an entry of its own is forwarded. */
const FORWARDED: Omit<DeploymentSettings, "upstreams"> = {
  family: null,
  fallback: null,
  dataSources: [],
  rerank: "default",
  window: null,
  retries: 2,
  rateLimits: UNLIMITED,
  price: null,
};
const ONLY_UPSTREAM: Omit<DeploymentUpstream, "to"> = {
  model: null,
  priority: 1,
  weight: 1,
  // Reasoning models think for minutes before their first byte, and between two.
  firstByteSeconds: 600,
  idleSeconds: 600,
  maxInputs: DEFAULT_MAX_INPUTS,
};

export interface DeploymentsOptions {
  /** Told how every call of a deployment's upstream went. */
  onUpstream?: (deployment: string, event: PoolEvent) => void;
}

/**
 * Deployments of `groundwire.yaml` by their names; other names are forwarded to the one upstream of the environment, when
 * there is one. With neither, every name is the built-in answerer.
 */
export function createDeployments(
  {
    deployments,
    upstream,
    embeddingDeployment,
  }: Pick<Settings, "deployments" | "upstream" | "embeddingDeployment">,
  { onUpstream }: DeploymentsOptions = {},
): Deployments {
  // A stream holds its connection, so their number is not limited.
  const dispatcher = new Agent({
    connections: null,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
  const targets = createTargets(dispatcher);
  const configured = new Map<string, Deployment>();
  const forwarded = new Map<string, Deployment>();
  const open = (name: string, settings: DeploymentSettings): Deployment =>
    openDeployment(name, settings, {
      targets,
      resolve,
      onEvent: (event) => onUpstream?.(name, event),
    });

  function resolve(name: string): Deployment {
    const known = configured.get(name) ?? forwarded.get(name);
    if (known) return known;
    if (Object.hasOwn(deployments, name)) {
      const opened = open(name, deployments[name] ?? { ...FORWARDED, upstreams: [] });
      configured.set(name, opened);
      return opened;
    }
    if (upstream !== null) return forward(name, upstream);
    if (Object.keys(deployments).length === 0) return BUILT_IN;
    throw new GroundwireError(
      "deployment_not_found",
      "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.",
    );
  }

  function forward(name: string, to: UpstreamSettings): Deployment {
    const opened = open(name, { ...FORWARDED, upstreams: [{ ...ONLY_UPSTREAM, to }] });
    const oldest = forwarded.size >= MOST_FORWARDED ? forwarded.keys().next().value : undefined;
    if (oldest !== undefined) forwarded.delete(oldest);
    forwarded.set(name, opened);
    return opened;
  }

  const named = Object.keys(deployments);
  return {
    resolve,
    async list(signal) {
      if (upstream === null) return named.length === 0 ? ["groundwire-extractive"] : named;
      return [...new Set([...named, ...(await listModels(upstream, { dispatcher, signal }))])];
    },
    embeddingModel: (name) => openEmbeddings(name, resolve) ?? doesNotEmbed(name),
    embeddings: embeddingDeployment === null ? null : openEmbeddings(embeddingDeployment, resolve),
    health: () => healthOf([...configured.values(), ...forwarded.values()]),
    close: () => dispatcher.destroy(),
  };
}

interface Opening {
  targets: Targets;
  resolve: (name: string) => Deployment;
  onEvent: (event: PoolEvent) => void;
}

function openDeployment(
  name: string,
  {
    family,
    upstreams,
    fallback,
    dataSources,
    rerank,
    window,
    retries,
    rateLimits,
  }: DeploymentSettings,
  { targets, resolve, onEvent }: Opening,
): Deployment {
  if (upstreams.length === 0) return { kind: "extractive", dataSources, rerank, rateLimits };
  const models = upstreams.map((upstream): ModelUpstream => {
    const model = upstream.model ?? name;
    const traits = FAMILIES[family ?? familyOf(upstream.model ? `${model} ${name}` : name)];
    const sizes = { ...sizesOf(model), ...(window === null ? {} : { window }) };
    // Azure is the one that never streamed some of them.
    const streams = traits.streams || upstream.to.type !== "azure_openai";
    return {
      target: targets.open(upstream, model),
      circuit: createCircuit(),
      priority: upstream.priority,
      weight: upstream.weight,
      traits: { ...traits, ...sizes, streams },
      maxInputs: upstream.maxInputs,
    };
  });
  const pool = createPool(models, { retries, onEvent });
  return {
    kind: "upstream",
    name,
    model: createChatModel({ id: name, pool }),
    pool,
    fallback: fallback === null ? null : fallback === "extractive" ? BUILT_IN : resolve(fallback),
    dataSources,
    rerank,
    rateLimits,
  };
}

function openEmbeddings(
  name: string,
  resolve: (name: string) => Deployment,
): EmbeddingModel | null {
  const deployment = resolve(name);
  return deployment.kind === "upstream"
    ? createEmbeddingModel({ id: deployment.name, pool: deployment.pool })
    : null;
}

function doesNotEmbed(name: string): never {
  throw new GroundwireError(
    "data_source_invalid",
    `The deployment '${name}' does not embed: it is the built-in answerer.`,
    {
      advice:
        "Name one with an embedding model, or give this server a model (OPENAI_BASE_URL, AZURE_OPENAI_ENDPOINT or groundwire.yaml).",
      aspect: "embedding",
    },
  );
}

function healthOf(deployments: Deployment[]): { upstreams: number; available: number } {
  const upstreams = deployments.flatMap((deployment) =>
    deployment.kind === "upstream" ? deployment.pool.upstreams : [],
  );
  const available = upstreams.filter(({ circuit }) => circuit.waitMs() === 0);
  return { upstreams: upstreams.length, available: available.length };
}
