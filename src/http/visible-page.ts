import type { ListQuery, Page } from "../storage/storage.ts";

/** Rows read at a time while a page is filled. */
const ROWS = 100;

/** A page of what the caller may see: as many rows are read as it takes to fill it. */
export async function visiblePage<T>(
  query: ListQuery,
  list: {
    read: (query: ListQuery) => Promise<Page<T>>;
    idOf: (row: T) => string;
    /** Null: everything is seen. */
    isVisible: ((row: T) => boolean | Promise<boolean>) | null;
  },
): Promise<Page<T>> {
  const { read, idOf, isVisible } = list;
  if (isVisible === null) return read(query);
  const isForward = query.before === undefined;
  let seen: T[] = [];
  let next: ListQuery = { ...query, limit: ROWS };
  for (;;) {
    const { data, hasMore } = await read(next);
    const answers = await Promise.all(data.map(async (row) => isVisible(row)));
    const visible = data.filter((_row, index) => answers[index]);
    seen = isForward ? [...seen, ...visible] : [...visible, ...seen];
    const end = isForward ? data.at(-1) : data[0];
    if (seen.length > query.limit || !hasMore || end === undefined) break;
    next = { ...next, [isForward ? "after" : "before"]: idOf(end) };
  }
  return {
    data: isForward ? seen.slice(0, query.limit) : seen.slice(-query.limit),
    hasMore: seen.length > query.limit,
  };
}
