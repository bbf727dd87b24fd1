import type { FastifyRequest } from "fastify";
import type { Question } from "../../answer/question.ts";
import { UNLIMITED } from "../../auth/principal.ts";
import type { ExtractiveDeployment } from "../../models/deployments.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import type { SearchArguments, SearchResult } from "../../protocol/mcp.ts";
import type { SourcePassage } from "../../sources/source.ts";
import { readGroundedRequest } from "../grounded-request.ts";
import type { HttpServices } from "../services-type.ts";
import { absoluteUrl } from "./absolute-url.ts";
import { choosePlaces, type Places } from "./places.ts";
import type { FoundDocument, RememberedDocuments } from "./remembered-documents.ts";

/** Of one result, in characters. */
const MOST_TEXT = 6_000;
const GAP = "\n\n[…]\n\n";

/** Nobody writes an answer. */
const NO_MODEL: ExtractiveDeployment = {
  kind: "extractive",
  dataSources: [],
  rerank: "default",
  rateLimits: UNLIMITED,
};

export interface SearchContext {
  services: HttpServices;
  request: FastifyRequest;
  places: Places;
  remembered: RememberedDocuments;
  signal: AbortSignal;
}

/**
 * Documents with the passages that an answer would be written from, best first.
 * @throws GroundwireError `not_found` when there is nothing to search, and whatever a search fails with when all do.
 */
export async function searchDocuments(
  { query, sources, limit }: SearchArguments,
  { services, request, places, remembered, signal }: SearchContext,
): Promise<SearchResult> {
  const chosen = choosePlaces(places, sources);
  const searched = toDataSources(chosen, limit);
  if (searched.length === 0) throw nothingToSearch();
  await prepare(services, chosen, signal);
  const question = readQuestion(services, request, {
    messages: [{ role: "user", content: query }],
    data_sources: searched.map(({ dataSource }) => dataSource),
  });
  const { passages, failures } = await services.finder.find(question, signal);
  const nameOf = (sourceIndex: number): string => searched[sourceIndex]?.name ?? "";
  const documents = byDocument(
    passages.map(({ passage, sourceIndex }) => ({ passage, source: nameOf(sourceIndex) })),
  );
  return {
    results: documents.slice(0, limit).map(({ fileId, ...document }) => ({
      id: fileId ?? remembered.remember(request.context.principal, document),
      title: document.title,
      url: absoluteUrl(request, document.url),
      text: textOf(document),
    })),
    ...(failures.length === 0
      ? {}
      : {
          failures: failures.map(({ sourceIndex, reason }) => ({
            source: nameOf(sourceIndex),
            message: reason,
          })),
        }),
  };
}

/** What was just put into the stores is waited for. */
async function prepare(
  { storage, ingest, now }: HttpServices,
  { stores, areChosen }: Places,
  signal: AbortSignal,
): Promise<void> {
  const ids = stores.map(({ id }) => id);
  if (areChosen) for (const id of ids) await storage.vectorStores.touch(id, now());
  if (ids.length > 0) await ingest.waitForPending(ids, signal);
}

/** As a chat request that names these sources is read, with the caller's rights. */
function readQuestion(
  { settings }: HttpServices,
  { context }: FastifyRequest,
  body: Record<string, unknown>,
): Question {
  const { chat, sources } = readGroundedRequest(body, {
    context,
    configured: settings,
    defaults: [],
  });
  return {
    tenant: context.principal.tenant,
    chat,
    sources,
    deployment: NO_MODEL,
    conversationId: null,
    earlierSummary: null,
    files: [],
    tellsCitationsOnce: false,
    wantsTrace: false,
    wantsExtensions: false,
    onStage: context.timings.add,
  };
}

/** Stores are searched as one. Nothing but what is far off is left out, and what fails does not end the search. */
function toDataSources(
  { named, stores }: Places,
  limit: number,
): { name: string; dataSource: object }[] {
  const common = { top_n_documents: limit, strictness: 1, allow_partial_result: true };
  const ids = stores.map(({ id }) => id);
  return [
    ...(ids.length === 0
      ? []
      : [
          {
            name: "vector stores",
            dataSource: {
              type: "file_search",
              parameters: { ...common, vector_store_ids: ids },
            },
          },
        ]),
    ...named.map(({ name }) => ({
      name,
      dataSource: { type: "named", parameters: { ...common, name } },
    })),
  ];
}

/** A document with what was found of it; with the id of its file when it is one of this server. */
type Found = FoundDocument & { fileId?: string };

function byDocument(passages: { passage: SourcePassage; source: string }[]): Found[] {
  const documents = new Map<string, Found>();
  for (const { passage, source } of passages) {
    const { id, content, fileId, filepath } = passage;
    const key = passage.url ?? filepath ?? passage.title ?? id;
    const place = fileId ?? JSON.stringify([source, key]);
    const document = documents.get(place) ?? {
      source,
      key,
      title: passage.title ?? filepath ?? passage.url ?? "Untitled",
      url: passage.url ?? "",
      filepath,
      passages: [],
      ...(fileId === undefined ? {} : { fileId }),
    };
    document.passages.push({ id, content });
    documents.set(place, document);
  }
  return [...documents.values()];
}

function textOf({ passages }: FoundDocument): string {
  const text = passages.map(({ content }) => content).join(GAP);
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT).toWellFormed()} […]`;
}

function nothingToSearch(): GroundwireError {
  return new GroundwireError(
    "not_found",
    "There is nothing to search: you have no vector store, and the server's configuration names no source for you.",
  );
}
