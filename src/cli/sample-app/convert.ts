import { FAMILY_NAMES } from "../../config/settings.ts";
import { notesOn } from "./no-counterpart.ts";
import { type ConvertedSource, SAMPLE_SOURCES, type SampleSource } from "./sources.ts";
import { createVariables, type Variables } from "./variables.ts";

export interface Conversion {
  /** `groundwire.yaml` as an object; what is undefined is left out. */
  configuration: object;
  /** What has no counterpart, and what somebody must see to. */
  notes: readonly string[];
  /** Variables that must be set where the configuration is read. */
  secrets: readonly string[];
  /** False: what the application searched could not be taken over. */
  isComplete: boolean;
}

/** The name of the source in `sources`. */
const NAME = "documents";

/** True for variables of Microsoft's sample application for Azure OpenAI On Your Data. */
export function isSampleApp(values: ReadonlyMap<string, string>): boolean {
  const prefixes = ["AZURE_OPENAI_", ...SAMPLE_SOURCES.map(({ prefix }) => prefix)];
  return [...values.keys()].some(
    (name) => name === "DATASOURCE_TYPE" || prefixes.some((prefix) => name.startsWith(prefix)),
  );
}

/** The configuration that does what the application's settings did: names as in its public README and settings. */
export function convertSampleApp(values: ReadonlyMap<string, string>): Conversion {
  const variables = createVariables(values);
  const upstream = upstreamOf(variables);
  const model = variables.text("AZURE_OPENAI_MODEL");
  const embedding = embeddingOf(variables);
  const { source, isComplete } = sourceOf(variables, embedding.dependency);
  const groups = source?.type === "azure_search" ? groupsOf(variables) : {};
  if (model === undefined) variables.note("AZURE_OPENAI_MODEL is not set: no deployment is made.");
  const family = familyOf(variables);
  const usesFlow = variables.flag("USE_PROMPTFLOW") === true;
  if (usesFlow)
    variables.note(
      "USE_PROMPTFLOW is set, and prompt flows are not served: the deployment below answers.",
    );
  notesOn(variables);
  const searched = source === null ? undefined : [{ type: "named", parameters: { name: NAME } }];
  const deployments = {
    ...(model === undefined
      ? {}
      : { [model]: { family, upstreams: upstream, data_sources: searched } }),
    ...(embedding.deployment === undefined || upstream === undefined
      ? {}
      : { [embedding.deployment]: { upstreams: upstream } }),
  };
  return {
    configuration: {
      deployments: Object.keys(deployments).length === 0 ? undefined : deployments,
      ...groups,
      sources: source === null ? undefined : { [NAME]: source },
    },
    notes: variables.notes,
    secrets: [...variables.secrets],
    isComplete: isComplete && !usesFlow,
  };
}

/** Undefined: the built-in answerer. */
function upstreamOf(variables: Variables): object[] | undefined {
  const resource = variables.text("AZURE_OPENAI_RESOURCE");
  const named = variables.text("AZURE_OPENAI_ENDPOINT");
  const endpoint =
    named ?? (resource === undefined ? undefined : `https://${resource}.openai.azure.com`);
  const key = variables.secret("AZURE_OPENAI_KEY");
  if (endpoint === undefined) {
    variables.note(
      "Neither AZURE_OPENAI_ENDPOINT nor AZURE_OPENAI_RESOURCE is set: the built-in answerer quotes the documents.",
    );
    return undefined;
  }
  if (key === undefined) {
    variables.note(
      "AZURE_OPENAI_KEY is not set: the model is asked with a token of Microsoft Entra.",
    );
  }
  return [{ type: "azure_openai", endpoint, api_key: key }];
}

function familyOf(variables: Variables): string | undefined {
  const name = variables.text("AZURE_OPENAI_MODEL_NAME");
  return FAMILY_NAMES.find((family) => family === name);
}

interface Embedding {
  /** A deployment to be made. */
  deployment: string | undefined;
  dependency: object | undefined;
}

function embeddingOf(variables: Variables): Embedding {
  const deployment = variables.text("AZURE_OPENAI_EMBEDDING_NAME");
  const endpoint = variables.text("AZURE_OPENAI_EMBEDDING_ENDPOINT");
  const key = variables.has("AZURE_OPENAI_EMBEDDING_KEY");
  const dimensions = variables.number("SEARCH_VECTORIZATION_DIMENSIONS");
  if (deployment !== undefined) {
    variables.text("AZURE_OPENAI_EMBEDDING_KEY");
    return {
      deployment,
      dependency: { type: "deployment_name", deployment_name: deployment, dimensions },
    };
  }
  if (endpoint === undefined || !key) return { deployment: undefined, dependency: undefined };
  const authentication = {
    type: "api_key",
    key: variables.secret("AZURE_OPENAI_EMBEDDING_KEY"),
  };
  return {
    deployment: undefined,
    dependency: { type: "endpoint", endpoint, authentication, dimensions },
  };
}

interface Searched {
  source: ConvertedSource | null;
  isComplete: boolean;
}

function sourceOf(variables: Variables, embedding: object | undefined): Searched {
  const named = variables.text("DATASOURCE_TYPE");
  const isMeant = ({ name, required }: SampleSource): boolean =>
    named === undefined
      ? required.every((variable) => variables.has(variable))
      : name.toLowerCase() === named.toLowerCase();
  const kind = SAMPLE_SOURCES.find(isMeant);
  if (kind === undefined) {
    if (named === undefined) {
      variables.note("No data source is set: the model answers alone.");
      return { source: null, isComplete: true };
    }
    variables.note(
      `DATASOURCE_TYPE=${named} has no counterpart. Put its texts into a vector store (\`groundwire ingest\`) and search that (file_search).`,
    );
    return { source: null, isComplete: false };
  }
  const missing = kind.required.filter((name) => !variables.has(name));
  if (kind.needsEmbedding === true && embedding === undefined) {
    missing.push("AZURE_OPENAI_EMBEDDING_NAME");
  }
  if (missing.length > 0) {
    variables.note(`No data source is made: ${missing.join(", ")} must be set.`);
    return { source: null, isComplete: false };
  }
  for (const other of SAMPLE_SOURCES) {
    if (other === kind || !other.required.every((name) => variables.has(name))) continue;
    variables.note(
      `${other.prefix}… are set, too; ${kind.name} is what is searched. DATASOURCE_TYPE=${other.name} takes those over.`,
    );
  }
  return { source: kind.convert(variables, { embedding }), isComplete: true };
}

/** Documents that only groups saw stay theirs: without the directory the configuration does not load. */
function groupsOf(variables: Variables): object {
  const field = variables.text("AZURE_SEARCH_PERMITTED_GROUPS_COLUMN");
  if (field === undefined) return {};
  const issuer = variables.text("AUTH_ISSUER_URI") ?? "";
  const [directory] = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/iu.exec(issuer) ?? [];
  const client = variables.text("AUTH_CLIENT_ID");
  variables.note(
    `Documents are held to the groups in '${field}': callers need a token of Microsoft Entra with the claim 'groups' (see docs/authentication.md).${directory === undefined ? " Set AZURE_TENANT_ID to your directory." : ""}`,
  );
  return {
    auth: {
      entra: {
        directories: [directory ?? "${AZURE_TENANT_ID}"],
        audiences: client === undefined ? undefined : [client, `api://${client}`],
      },
    },
    access: { claim: "groups", field },
  };
}
