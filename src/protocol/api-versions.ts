/**
 * What each version of the service's API knew of data sources: strict mode refuses the rest. Tolerant mode takes
 * everything on every version. Versions between two published ones are like the one before them (UNVERIFIED).
 */
export interface ApiVersion {
  dataSources: readonly string[];
  /** Common parameters beyond those of all versions. */
  parameters: readonly string[];
  /** Access tokens to search and embeddings, fields of image vectors, dimensions of embeddings. */
  takesPreviewFields: boolean;
  /** The index may embed by a vectorizer of its own. UNVERIFIED for 2024-12-01-preview to 2025-02-01-preview. */
  embedsInIndex: boolean;
}

const RETRIEVAL = ["max_search_queries", "allow_partial_result", "include_contexts"];

const GENERAL: ApiVersion = {
  dataSources: ["azure_search", "azure_cosmos_db"],
  parameters: ["role_information"],
  takesPreviewFields: false,
  embedsInIndex: false,
};
const FIRST_PREVIEW: ApiVersion = {
  ...GENERAL,
  dataSources: [...GENERAL.dataSources, "azure_ml_index", "elasticsearch", "pinecone"],
};
const MIDDLE_PREVIEW: ApiVersion = {
  ...FIRST_PREVIEW,
  parameters: ["role_information", ...RETRIEVAL],
  takesPreviewFields: true,
};
const LATE_PREVIEW: ApiVersion = {
  dataSources: [...GENERAL.dataSources, "elasticsearch", "pinecone", "mongo_db"],
  parameters: RETRIEVAL,
  takesPreviewFields: true,
  embedsInIndex: true,
};

export const API_VERSIONS: Readonly<Record<string, ApiVersion>> = {
  "2024-02-01": GENERAL,
  "2024-02-15-preview": FIRST_PREVIEW,
  "2024-03-01-preview": FIRST_PREVIEW,
  "2024-04-01-preview": FIRST_PREVIEW,
  "2024-05-01-preview": MIDDLE_PREVIEW,
  "2024-06-01": GENERAL,
  "2024-07-01-preview": MIDDLE_PREVIEW,
  "2024-08-01-preview": MIDDLE_PREVIEW,
  "2024-09-01-preview": MIDDLE_PREVIEW,
  "2024-10-01-preview": MIDDLE_PREVIEW,
  "2024-10-21": GENERAL,
  "2024-12-01-preview": LATE_PREVIEW,
  "2025-01-01-preview": LATE_PREVIEW,
  "2025-02-01-preview": LATE_PREVIEW,
  "2025-03-01-preview": LATE_PREVIEW,
  "2025-04-01-preview": LATE_PREVIEW,
};

/** Of the protocol before 2024-02-15, on its own route. */
export const EXTENSIONS_API_VERSIONS: readonly string[] = [
  "2023-06-01-preview",
  "2023-07-01-preview",
  "2023-08-01-preview",
  "2023-09-01-preview",
  "2023-10-01-preview",
  "2023-12-01-preview",
];

/** The version a request is held to; null stands for the v1 routes, which have none and are the newest. */
export function apiVersionOf(name: string | null): ApiVersion {
  return (name === null ? undefined : API_VERSIONS[name]) ?? LATE_PREVIEW;
}

/** What came with a version and is refused before it, in the words of the service's gateway. */
export interface Gate {
  /** First version that has it; later days have it too, `-preview` or not. */
  since: string;
  /** Beginning of the refusal. */
  subject: string;
}

export const JSON_SCHEMA: Gate = {
  since: "2024-08-01-preview",
  subject: "response_format value as json_schema",
};
export const TOOL_CHOICE_REQUIRED: Gate = {
  since: "2024-06-01",
  subject: "tool_choice value as required",
};

/** Null when the version is late enough; else the refusal. The v1 routes are late enough for everything. */
export function refusalOfGate({ since, subject }: Gate, version: string | null): string | null {
  if (version === null || dayOf(version) >= dayOf(since)) return null;
  return `${subject} is enabled only for api versions ${since} and later`;
}

function dayOf(version: string): string {
  return version.slice(0, 10);
}
