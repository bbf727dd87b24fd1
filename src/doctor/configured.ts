import type { Settings } from "../config/settings.ts";
import { defaultCommonParameters } from "../protocol/data-sources/common.ts";
import { type DataSource, readParameters } from "../protocol/data-sources/parse.ts";

/** A source that is looked at, and what it is called. */
export interface ConfiguredSource {
  name: string;
  /** As requests and the configuration name it. */
  type: string;
  source: DataSource;
  /** Whose vector stores it may name; null: every key's. */
  tenants: readonly string[] | null;
  /** Requests bring the credentials. */
  lacksCredentials?: boolean;
}

/** What requests may name, what deployments search by default, and what indexes of Azure Machine Learning are. */
export function configuredSources({
  sources,
  deployments,
  mlIndexes,
}: Pick<Settings, "sources" | "deployments" | "mlIndexes">): ConfiguredSource[] {
  const named = Object.entries(sources).map(([name, { type, parameters, tenants }]) => ({
    name,
    type,
    source: readParameters(type, parameters, ["sources", name]),
    tenants,
  }));
  const defaults = Object.entries(deployments).flatMap(([deployment, { dataSources }]) =>
    dataSources.map((source, index) => ({
      name: `${deployment}.data_sources[${index}]`,
      type: source.source.type,
      source,
      tenants: null,
    })),
  );
  const registered = mlIndexes.map(({ name, version, source, tenants, takesCredentials }) => ({
    name: `${name} ${version}`,
    type: "azure_ml_index",
    source: { common: defaultCommonParameters(), source },
    tenants,
    lacksCredentials: takesCredentials,
  }));
  return [
    ...named,
    // Those that name another source say nothing of their own.
    ...defaults.filter(({ type }) => type !== "named"),
    ...registered,
  ];
}

/** Deployments that embed: for vector stores, or for a source. */
export function embeddingNames(
  { embeddingDeployment }: Pick<Settings, "embeddingDeployment">,
  sources: readonly ConfiguredSource[],
): string[] {
  const named = sources.flatMap(({ source: { source } }) => {
    const embedding = "embedding" in source ? source.embedding : null;
    return embedding?.type === "deployment_name" ? [embedding.deploymentName] : [];
  });
  return [...new Set([...(embeddingDeployment === null ? [] : [embeddingDeployment]), ...named])];
}
