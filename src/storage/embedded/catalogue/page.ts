import type { ListQuery, Page } from "../../storage.ts";
import type { Parameters, Row, Sql } from "../database.ts";

/**
 * One page of a table with a `seq` column, in order of creation.
 * `from` is everything between FROM and the cursor: `files WHERE tenant = :tenant`. An unknown cursor gives an empty page.
 */
export function listPage<T>(
  sql: Sql,
  query: ListQuery,
  table: { from: string; idColumn: string; parameters: Parameters; toRecord: (row: Row) => T },
): Page<T> {
  const { from, idColumn, parameters, toRecord } = table;
  const forward = query.before === undefined;
  const cursorId = query.after ?? query.before;
  const ascending = (query.order === "asc") === forward;
  const cursor =
    cursorId === undefined
      ? ""
      : `AND seq ${ascending ? ">" : "<"} (SELECT seq FROM ${from} AND ${idColumn} = :cursor)`;
  const rows = sql.all(
    `SELECT * FROM ${from} ${cursor} ORDER BY seq ${ascending ? "ASC" : "DESC"} LIMIT :limit`,
    {
      ...parameters,
      limit: query.limit + 1,
      ...(cursorId === undefined ? {} : { cursor: cursorId }),
    },
  );
  const data = rows.slice(0, query.limit).map(toRecord);
  return { data: forward ? data : data.toReversed(), hasMore: rows.length > query.limit };
}
