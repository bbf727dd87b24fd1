import { ConfigurationError } from "./configuration-error.ts";
import type { DeploymentSettings } from "./settings.ts";

/** What only shows when all deployments are looked at together. @throws ConfigurationError */
export function checkDeployments(
  deployments: Record<string, DeploymentSettings>,
  {
    embeddingDeployment,
    modelDeployments,
    hasUpstream,
    sources,
  }: {
    embeddingDeployment: string | null;
    /** Names of deployments that must be models, with where they are named. */
    modelDeployments: [path: string, name: string][];
    hasUpstream: boolean;
    sources: string[];
  },
): void {
  for (const [name, { fallback }] of Object.entries(deployments)) {
    const isKnown = fallback === null || fallback === "extractive" || deployments[fallback];
    if (isKnown) refuseCircle(name, deployments);
    else {
      throw new ConfigurationError(
        `deployments.${name}.fallback: there is no deployment '${fallback}'; name another one, or 'extractive' for the built-in answerer.`,
      );
    }
  }
  refuseUnknownSources(deployments, sources);
  refuseSeveralCurrencies(deployments);
  for (const [path, name] of modelDeployments) {
    const named = deployments[name];
    if (named ? named.upstreams.length > 0 : hasUpstream) continue;
    throw new ConfigurationError(
      `${path}: '${name}' is no deployment with a model; name one that has an upstream.`,
    );
  }
  if (hasUpstream) return;
  if (embeddingDeployment === null) return;
  const named = deployments[embeddingDeployment];
  if (named && named.upstreams.length > 0) return;
  throw new ConfigurationError(
    `GROUNDWIRE_EMBEDDING_DEPLOYMENT names '${embeddingDeployment}', but there is no server to ask: set OPENAI_BASE_URL or AZURE_OPENAI_ENDPOINT too, or give groundwire.yaml a deployment of this name with an upstream.`,
  );
}

function refuseUnknownSources(
  deployments: Record<string, DeploymentSettings>,
  known: string[],
): void {
  for (const [name, { dataSources }] of Object.entries(deployments)) {
    for (const { source } of dataSources) {
      if (source.type !== "named" || known.includes(source.name)) continue;
      throw new ConfigurationError(
        `deployments.${name}.data_sources: there is no source '${source.name}' under 'sources'${known.length === 0 ? "" : `; there are ${known.join(", ")}`}.`,
      );
    }
  }
}

/** Costs are added up, and budgets are held against the sum. */
function refuseSeveralCurrencies(deployments: Record<string, DeploymentSettings>): void {
  const priced = Object.entries(deployments).flatMap(([name, { price }]) =>
    price === null ? [] : [{ name, currency: price.currency }],
  );
  const [first] = priced;
  const other = priced.find(({ currency }) => currency !== first?.currency);
  if (first === undefined || other === undefined) return;
  throw new ConfigurationError(
    `deployments.${other.name}.price.currency: prices are in one currency; this one is in ${other.currency}, that of '${first.name}' in ${first.currency}.`,
  );
}

function refuseCircle(start: string, deployments: Record<string, DeploymentSettings>): void {
  const seen = [start];
  for (let next = deployments[start]?.fallback; next; next = deployments[next]?.fallback) {
    if (seen.includes(next)) {
      throw new ConfigurationError(
        `deployments.${start}.fallback goes in a circle: ${[...seen, next].join(" → ")}.`,
      );
    }
    seen.push(next);
  }
}
