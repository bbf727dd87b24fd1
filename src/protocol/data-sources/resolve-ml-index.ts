import { GroundwireError } from "../errors.ts";
import type { AzureSearchSource } from "./azure-search.ts";
import type { FileSearchSource } from "./file-search.ts";
import type { AzureMlIndexSource } from "./other-indexes.ts";
import type { DataSource } from "./parse.ts";

/** An index that was registered in Azure Machine Learning, and what it is here. */
export interface MlIndexDefinition {
  /** In lower case, without a slash at its end. */
  projectResourceId: string;
  name: string;
  version: string;
  /** Whose requests may name it; null: everybody's. */
  tenants: readonly string[] | null;
  source: AzureSearchSource | FileSearchSource;
  /** The request's credentials let in, as none are configured. */
  takesCredentials: boolean;
}

export interface MlIndexCaller {
  mlIndexes: readonly MlIndexDefinition[];
  tenant: string;
}

const MOST_NAMES = 20;

/**
 * What an index of Azure Machine Learning is here, searched as the request asks.
 * @throws GroundwireError `data_source_invalid` for one that this server does not know, or for a filter it cannot apply.
 */
export function resolveMlIndex(
  entry: DataSource,
  index: number,
  caller: MlIndexCaller,
): DataSource {
  const { source, common } = entry;
  if (source.type !== "azure_ml_index") return entry;
  const here = `#/data_sources/${index}/azure_ml_index/parameters`;
  const { source: found, takesCredentials } = find(source, here, caller);
  if (found.type === "azure_search") {
    const authentication = takesCredentials ? source.authentication : found.authentication;
    return { common, source: { ...found, authentication, filter: source.filter } };
  }
  if (source.filter === null) return { common, source: found };
  // Only indexes of Azure AI Search took one.
  throw new GroundwireError(
    "data_source_invalid",
    `Validation error at ${here}/filter: index '${source.name}' is none of Azure AI Search, so it takes no filter`,
  );
}

function find(
  { projectResourceId, name, version }: AzureMlIndexSource,
  here: string,
  { mlIndexes, tenant }: MlIndexCaller,
): MlIndexDefinition {
  const project = canonicalProject(projectResourceId);
  const visible = mlIndexes.filter(({ tenants }) => tenants?.includes(tenant) ?? true);
  const versions = visible.filter((one) => one.projectResourceId === project && one.name === name);
  const found =
    version === "latest"
      ? versions.toSorted((left, right) => byVersion.compare(right.version, left.version))[0]
      : versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  const known = visible.map((one) => `'${one.name}' version '${one.version}'`).slice(0, MOST_NAMES);
  throw new GroundwireError(
    "data_source_invalid",
    `Validation error at ${here}/name: index '${name}' version '${version}' of ${projectResourceId} is not configured here.`,
    {
      advice: `Its operator can name it under 'ml_indexes' in groundwire.yaml${known.length === 0 ? "" : `; there are ${known.join(", ")}`}.`,
      aspect: "index",
    },
  );
}

/** `10` is newer than `9`. */
const byVersion = new Intl.Collator("en", { numeric: true });

/** Resource ids are the same in every case. */
export function canonicalProject(resourceId: string): string {
  return resourceId.toLowerCase().replace(/\/+$/u, "");
}
