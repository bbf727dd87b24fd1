import type { ListQuery, Page } from "../../storage.ts";
import type { Parameters, Row, Sql } from "../database.ts";

/**
 * One page of a table with a `seq` column, in order of creation.
 * `from` says which table and whose rows (`files WHERE tenant = :tenant`), `filter` which of them (`AND purpose = :purpose`);
 * the cursor need not pass the filter, since a row may change between two pages. An unknown cursor gives an empty page.
 */
export function listPage<T>(
  sql: Sql,
  query: ListQuery,
  table: {
    from: string;
    filter?: string;
    idColumn: string;
    parameters: Parameters;
    toRecord: (row: Row) => T;
  },
): Page<T> {
  const { from, filter = "", idColumn, parameters, toRecord } = table;
  const forward = query.before === undefined;
  const cursorId = query.after ?? query.before;
  const ascending = (query.order === "asc") === forward;
  const cursor =
    cursorId === undefined
      ? ""
      : `AND seq ${ascending ? ">" : "<"} (SELECT seq FROM ${from} AND ${idColumn} = :cursor)`;
  const rows = sql.all(
    `SELECT * FROM ${from} ${filter} ${cursor} ORDER BY seq ${ascending ? "ASC" : "DESC"} LIMIT :limit`,
    {
      ...parameters,
      limit: query.limit + 1,
      ...(cursorId === undefined ? {} : { cursor: cursorId }),
    },
  );
  const data = rows.slice(0, query.limit).map(toRecord);
  return { data: forward ? data : data.toReversed(), hasMore: rows.length > query.limit };
}
