import type { ListQuery } from "../storage/storage.ts";

/** The list query without its absent keys, as the storage wants it. */
export function definedQuery(query: {
  limit: number;
  order: "asc" | "desc";
  after?: string | undefined;
  before?: string | undefined;
}): ListQuery {
  return {
    limit: query.limit,
    order: query.order,
    ...(query.after === undefined ? {} : { after: query.after }),
    ...(query.before === undefined ? {} : { before: query.before }),
  };
}
