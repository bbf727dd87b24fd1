import { z } from "zod";

import type { AzureSearchSource } from "../../protocol/data-sources/azure-search.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type { JsonReply } from "../../upstream/json-client.ts";
import type { SourceContext } from "../define-source.ts";
import { type IndexShape, shapeOfDefinition, shapeOfDocuments } from "./index-shape.ts";
import { refusalOf } from "./refusal.ts";

/** A document as it was found: fields selected, and what the service says of it in `@search.…`. */
export type FoundDocument = Record<string, unknown>;

/** One index of a search service. */
export interface IndexClient {
  /** For messages: `index 'policies' of azure_search at s.search.windows.net`. */
  place: string;
  /** Reads the definition or, where the key is one for queries only, a few documents. */
  discover(signal: AbortSignal): Promise<IndexShape>;
  search(body: Record<string, unknown>, signal: AbortSignal): Promise<FoundDocument[]>;
}

/** Knows everything that is used here, and newer services still speak it. */
const API_VERSION = "2024-07-01";
/** Documents that are looked at where the definition may not be read. */
const SAMPLES = 5;
/** Without the types of fields in every document. */
const ACCEPT = "application/json;odata.metadata=none";

const foundSchema = z.object({ value: z.array(z.record(z.string(), z.unknown())) });

export function connectIndex(
  settings: Pick<AzureSearchSource, "endpoint" | "indexName" | "authentication" | "apiVersion">,
  { http, identities }: SourceContext,
): IndexClient {
  const { endpoint, indexName, authentication, apiVersion } = settings;
  // Whatever stands behind the path of an endpoint means nothing.
  const [root = endpoint] = endpoint.split(/[?#]/u, 1);
  const base = `${root.replace(/\/+$/u, "")}/indexes/${encodeURIComponent(indexName)}`;
  const version = `?api-version=${encodeURIComponent(apiVersion ?? API_VERSION)}`;
  const place = `index '${indexName}' of azure_search at ${new URL(base).host}`;

  async function credentials(url: URL, signal: AbortSignal): Promise<Record<string, string>> {
    switch (authentication.type) {
      case "api_key":
        return { "api-key": authentication.key };
      case "access_token":
        return { authorization: `Bearer ${authentication.accessToken}` };
      case "system_assigned_managed_identity":
      case "user_assigned_managed_identity":
        return identities.headersFor({ identity: authentication, url, audience: "search", signal });
      default:
        throw new GroundwireError(
          "data_source_invalid",
          `azure_search is not let in by '${authentication.type}'.`,
          {
            advice: "Give 'authentication' an 'api_key', an 'access_token' or a managed identity.",
            aspect: "authenticated",
          },
        );
    }
  }

  async function ask(path: string, signal: AbortSignal, body?: unknown): Promise<JsonReply> {
    const url = new URL(base + path + version);
    const headers = { accept: ACCEPT, ...(await credentials(url, signal)) };
    return http.request({ url, headers, body, signal });
  }

  const search: IndexClient["search"] = async (body, signal) => {
    const reply = await ask("/docs/search", signal, body);
    // 206: the semantic ranker was too busy, and the documents come in the order they had before it.
    if (reply.status !== 200 && reply.status !== 206) {
      throw refusalOf(reply, new URL(base), indexName);
    }
    return documentsIn(reply, place);
  };

  return {
    place,
    search,
    async discover(signal) {
      const reply = await ask("", signal);
      if (reply.status === 200) {
        const shape = shapeOfDefinition(reply.body);
        if (shape === null) throw notAnIndex(place);
        return shape;
      }
      // A key for queries, or an identity that may read documents only; an alias, which has no definition (UNVERIFIED).
      if (![401, 403, 404].includes(reply.status)) {
        throw refusalOf(reply, new URL(base), indexName);
      }
      return shapeOfDocuments(await search({ search: "*", top: SAMPLES }, signal));
    },
  };
}

function documentsIn({ body }: JsonReply, place: string): FoundDocument[] {
  const { data } = foundSchema.safeParse(body);
  if (data === undefined) throw notAnIndex(place);
  return data.value;
}

function notAnIndex(place: string): GroundwireError {
  return new GroundwireError(
    "data_source_invalid",
    `What answers for ${place} is not Azure AI Search: its answer has not the form of one.`,
    { advice: "Check 'endpoint'.", aspect: "index" },
  );
}
