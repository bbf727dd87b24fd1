import type { IndexedDocument } from "./odata-filter.ts";

/** An index as it was created, with its documents by key. */
export interface HostedIndex {
  /** As the service's REST API has it. */
  definition: any;
  documents: Map<string, IndexedDocument>;
}

/** Uploads, merges and deletes as `docs/index` has them; answers what it says of each. */
export function applyBatch(index: HostedIndex, actions: any[]): Record<string, unknown>[] {
  const key = index.definition.fields.find((field: any) => field.key).name;
  return actions.map((action) => {
    const { "@search.action": kind, ...document } = action;
    const id = String(document[key]);
    const known = index.documents.get(id);
    if (kind === "delete") index.documents.delete(id);
    else if (kind === "upload" || kind === undefined) index.documents.set(id, document);
    else index.documents.set(id, { ...known, ...document });
    return { key: id, status: true, errorMessage: null, statusCode: known ? 200 : 201 };
  });
}
