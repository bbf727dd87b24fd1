import type { EmbeddingModel } from "../models/model.ts";
import { embeddingsReplySchema, toFloats } from "../protocol/embeddings.ts";
import type { EmbeddingDependency } from "../protocol/data-sources/parts.ts";
import { GroundwireError } from "../protocol/errors.ts";
import type { Identities } from "../upstream/identities.ts";
import type { JsonClient } from "../upstream/json-client.ts";
import { statusError } from "./source-errors.ts";

/** What embeds outside of the engine. `integrated` and `model_id` belong to the engine, so to its driver. */
export type OutsideEmbedding = Extract<
  EmbeddingDependency,
  { type: "deployment_name" | "endpoint" }
>;

export interface Embedded {
  /** One for each text, all of the same length. */
  vectors: Float32Array[];
  dimensions: number;
  /** Who embedded, for messages: `the deployment 'ada'`. */
  by: string;
}

/** Rejects with a `GroundwireError` that names the deployment or the endpoint; with the signal's reason when aborted. */
export type Embed = (
  dependency: OutsideEmbedding,
  texts: string[],
  signal: AbortSignal,
) => Promise<Embedded>;

export interface EmbedDependencies {
  /** @throws GroundwireError when there is no such deployment, or it does not embed. */
  embeddingModel: (deployment: string) => EmbeddingModel;
  /** Calls the endpoints that requests name. */
  http: JsonClient;
  identities: Identities;
}

/** What Azure OpenAI is asked for: the newest version that is no preview. Its clients once sent one along and later had to leave it out. */
const API_VERSION = "2024-10-21";

export function createEmbed({ embeddingModel, http, identities }: EmbedDependencies): Embed {
  return async (dependency, texts, signal) => {
    const { dimensions } = dependency;
    if (dependency.type === "deployment_name") {
      const { deploymentName } = dependency;
      const vectors = await deploymentNamed(deploymentName, embeddingModel).embed(texts, {
        signal,
        ...(dimensions === null ? {} : { dimensions }),
      });
      return toEmbedded(vectors, `the deployment '${deploymentName}'`);
    }
    const url = new URL(dependency.endpoint);
    if (url.pathname.includes("/deployments/")) url.searchParams.set("api-version", API_VERSION);
    const reply = await http.request({
      url,
      headers: await headersOf(dependency.authentication, { url, identities, signal }),
      body: { input: texts, ...(dimensions === null ? {} : { dimensions }) },
      signal,
    });
    if (reply.status >= 300) {
      throw statusError(reply, {
        subject: "The embedding endpoint",
        url,
        place: url.pathname,
        explanation: reply.text,
        advice: "Check 'endpoint' and 'authentication' of 'embedding_dependency'.",
        aspect: "embedding",
      });
    }
    return toEmbedded(vectorsIn(reply.body, url, texts.length), `the endpoint at ${url.host}`);
  };
}

/** An unknown deployment is the one of the request to whoever sent it, unless it is said which one. */
function deploymentNamed(
  name: string,
  embeddingModel: EmbedDependencies["embeddingModel"],
): EmbeddingModel {
  try {
    return embeddingModel(name);
  } catch (error) {
    if (!(error instanceof GroundwireError) || error.code !== "deployment_not_found") throw error;
    throw new GroundwireError(
      "data_source_invalid",
      `'embedding_dependency' names the deployment '${name}', which this server does not have.`,
      { advice: "Name one of its own; it must embed.", aspect: "embedding" },
    );
  }
}

async function headersOf(
  authentication: Extract<OutsideEmbedding, { type: "endpoint" }>["authentication"],
  { url, identities, signal }: { url: URL; identities: Identities; signal: AbortSignal },
): Promise<Record<string, string>> {
  switch (authentication?.type) {
    case undefined:
      return {};
    case "api_key":
      return { "api-key": authentication.key };
    case "access_token":
      return { authorization: `Bearer ${authentication.accessToken}` };
    case "system_assigned_managed_identity":
      return identities.headersFor({
        identity: authentication,
        url,
        audience: "cognitive_services",
        signal,
      });
  }
}

function vectorsIn(body: unknown, url: URL, count: number): Float32Array[] {
  const data = embeddingsReplySchema.safeParse(body).data?.data ?? [];
  const vectors = data
    .toSorted((left, right) => left.index - right.index)
    .map(({ embedding }) => toFloats(embedding));
  const [first] = vectors;
  const isEven = vectors.every(({ length }) => length > 0 && length === first?.length);
  if (vectors.length === count && isEven) return vectors;
  throw new GroundwireError(
    "data_source_invalid",
    `The embedding endpoint at ${url.host} answered with something else than ${count} vectors of one length.`,
    { advice: "Check that 'endpoint' is the address of an embedding model.", aspect: "embedding" },
  );
}

function toEmbedded(vectors: Float32Array[], by: string): Embedded {
  return { vectors, dimensions: vectors[0]?.length ?? 0, by };
}
