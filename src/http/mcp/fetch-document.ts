import type { FastifyRequest } from "fastify";
import { GroundwireError } from "../../protocol/errors.ts";
import type { Filter } from "../../protocol/filters.ts";
import type { FetchArguments, FetchResult } from "../../protocol/mcp.ts";
import type { FileRecord, VectorStoreFileRecord } from "../../storage/storage.ts";
import { maySee } from "../document-access.ts";
import { callerFilter } from "../lookup.ts";
import type { HttpServices } from "../services-type.ts";
import { absoluteUrl } from "./absolute-url.ts";
import type { Places } from "./places.ts";
import type { FoundDocument } from "./remembered-documents.ts";
import type { SearchContext } from "./search-documents.ts";

/** Passages in one part of a document: some 15,000 tokens. */
const MOST_PASSAGES = 60;

/**
 * A document that a search has found: a file of the caller's stores as it was read, part by part, or what was found of a
 * document elsewhere.
 * @throws GroundwireError `not_found`; a document of others does not exist. `forbidden` for files without the scope, and when
 * the caller's groups cannot be told.
 */
export async function fetchDocument(
  { id, offset }: FetchArguments,
  { services, request, places, remembered }: Omit<SearchContext, "signal">,
): Promise<FetchResult> {
  const { principal } = request.context;
  const access = callerFilter(services, request);
  const document = remembered.recall(principal, id);
  if (document !== null) return fromSearches(id, document);
  const row = await findRow(id, { services, places, access });
  const file = row === null ? null : await services.storage.files.get(principal.tenant, id);
  if (row === null || file === null) throw unknownDocument(id);
  if (!principal.scopes.includes("files")) throw missingScope();
  return readPart({ file, row, offset }, { services, request });
}

/** The file in the first of the places that has it and shows it to the caller. */
async function findRow(
  id: string,
  { services, places, access }: { services: HttpServices; places: Places; access: Filter | null },
): Promise<VectorStoreFileRecord | null> {
  const storeIds = [
    ...places.stores.map((store) => store.id),
    ...places.named.flatMap((place) => place.storeIds),
  ];
  for (const storeId of new Set(storeIds)) {
    const row = await services.storage.vectorStores.getFile(storeId, id);
    if (row?.status === "completed" && maySee(access, row.attributes)) return row;
  }
  return null;
}

async function readPart(
  { file, row, offset }: { file: FileRecord; row: VectorStoreFileRecord; offset: number },
  { services: { storage }, request }: { services: HttpServices; request: FastifyRequest },
): Promise<FetchResult> {
  const outline = await storage.blobs.viewOutline(file.id);
  // One passage more than shown tells whether there is more.
  const passages = await storage.passages.range(
    row.vectorStoreId,
    file.id,
    offset,
    offset + MOST_PASSAGES,
  );
  const shown = passages.slice(0, MOST_PASSAGES);
  return {
    id: file.id,
    title: outline?.title ?? file.filename,
    text: shown.map(({ joiner, text }, index) => (index === 0 ? text : joiner + text)).join(""),
    url: absoluteUrl(request, `/openai/v1/files/${file.id}/content`),
    metadata: {
      ...Object.fromEntries(
        Object.entries(row.attributes).map(([name, value]) => [name, String(value)]),
      ),
      filename: file.filename,
      media_type: file.mediaType,
      vector_store_id: row.vectorStoreId,
      ...(passages.length > shown.length ? { next_offset: String(offset + MOST_PASSAGES) } : {}),
    },
  };
}

function fromSearches(id: string, { source, filepath, ...document }: FoundDocument): FetchResult {
  const { title, url, passages } = document;
  return {
    id,
    title,
    text: passages.map(({ content }) => content).join("\n\n[…]\n\n"),
    url,
    metadata: {
      source,
      ...(filepath === null ? {} : { filename: filepath }),
      completeness: "what searches found",
    },
  };
}

function unknownDocument(id: string): GroundwireError {
  return new GroundwireError(
    "not_found",
    `There is no document '${id.slice(0, 100)}'. Ids are those of results of 'search'; of documents that are not this server's own they are kept for an hour.`,
  );
}

function missingScope(): GroundwireError {
  return new GroundwireError(
    "forbidden",
    "This key or token lacks the scope 'files', which reading whole files needs. Search shows their passages.",
  );
}
