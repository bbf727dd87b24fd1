import type { FastifyRequest } from "fastify";
import type { Page, VectorStoreFileRecord, VectorStoreRecord } from "../storage/storage.ts";
import { maySee } from "./document-access.ts";
import { definedQuery } from "./list-query.ts";
import { callerFilter } from "./lookup.ts";
import type { HttpServices } from "./services-type.ts";
import { visiblePage } from "./visible-page.ts";

/** A page of the files of a store that the caller may see. */
export async function listStoreFiles(
  services: HttpServices,
  request: FastifyRequest,
  {
    store,
    query,
  }: {
    store: VectorStoreRecord;
    query: Parameters<typeof definedQuery>[0] & {
      filter?: VectorStoreFileRecord["status"] | undefined;
    };
  },
): Promise<Page<VectorStoreFileRecord>> {
  const access = callerFilter(services, request);
  return visiblePage(definedQuery(query), {
    read: (page) =>
      services.storage.vectorStores.listFiles(store.id, {
        ...page,
        ...(query.filter === undefined ? {} : { status: query.filter }),
      }),
    idOf: (row) => row.fileId,
    isVisible: access && ((row) => maySee(access, row.attributes)),
  });
}
