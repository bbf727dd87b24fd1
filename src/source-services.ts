import type { Settings } from "./config/settings.ts";
import type { SourceAccess } from "./doctor/check-source.ts";
import type { Deployments } from "./models/deployments.ts";
import { hostsOf } from "./protocol/data-sources/hosts.ts";
import { readParameters } from "./protocol/data-sources/parse.ts";
import { azureCosmosDb } from "./sources/azure-cosmos-db/azure-cosmos-db.ts";
import { azureSearch } from "./sources/azure-search/azure-search.ts";
import { elasticsearch } from "./sources/elasticsearch/elasticsearch.ts";
import { createEmbed } from "./sources/embed.ts";
import { mongoDb } from "./sources/mongo-db/mongo-db.ts";
import { pinecone } from "./sources/pinecone/pinecone.ts";
import { createSources } from "./sources/registry.ts";
import { fileSearch } from "./sources/vector-store.ts";
import type { PassageIndex } from "./storage/storage.ts";
import { createHostGuard } from "./upstream/host-guard.ts";
import { createIdentities } from "./upstream/identities.ts";
import { createJsonClients } from "./upstream/json-client.ts";

/** The drivers, and the one way out that they share. */
export interface SourceServices extends SourceAccess {
  /** Breaks off what is going on. */
  close(): Promise<void>;
}

export interface OpenedServices {
  /** Null: vector stores cannot be searched. */
  passages: PassageIndex | null;
  deployments: Deployments;
}

export function openSources(
  { allowedHosts, identities: configured, limits, ...settings }: Settings,
  { passages, deployments }: OpenedServices,
): SourceServices {
  const guard = createHostGuard({
    allowed: [
      ...allowedHosts,
      ...hostsNamedIn(settings),
      ...configured.flatMap(({ hosts }) => hosts),
    ],
  });
  // A call gives up before its search does, so that the host is named.
  const totalMs = limits.sourceSeconds * 900;
  const clients = createJsonClients({ guard, limits: { totalMs } });
  const identities = createIdentities(configured);
  const embed = createEmbed({
    embeddingModel: (name) => deployments.embeddingModel(name),
    http: clients.clientFor("The embedding endpoint"),
    identities,
  });
  const sources = createSources(
    [
      ...(passages === null ? [] : [fileSearch({ passages, embeddings: deployments.embeddings })]),
      azureSearch(),
      azureCosmosDb({ limits: { totalMs } }),
      elasticsearch(),
      pinecone(),
      mongoDb({ limits: { totalMs } }),
    ],
    { guard, clients, identities, embed },
  );
  return {
    open: (source) => sources.open(source),
    close: () => sources.close(),
    embed,
    guard,
  };
}

/** An operator who names a source allows its hosts by that. */
function hostsNamedIn({
  sources,
  mlIndexes,
  deployments,
}: Pick<Settings, "sources" | "mlIndexes" | "deployments">) {
  const named = Object.values(sources).map(({ type, parameters }) =>
    readParameters(type, parameters, []),
  );
  const defaults = Object.values(deployments).flatMap(({ dataSources }) => dataSources);
  return [...named, ...defaults, ...mlIndexes].flatMap(({ source }) => hostsOf(source));
}
