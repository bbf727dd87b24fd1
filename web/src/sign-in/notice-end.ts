import type { QueryClient } from "@tanstack/react-query";
import { isUnauthorized } from "../session.ts";
import { SOURCES_KEY } from "../sources/use-sources.ts";

/** After an error that may say that nobody is signed in any more: the sources are asked for anew, by which the page knows. */
export function noticeEnd(queries: QueryClient, error: unknown): void {
  if (isUnauthorized(error)) void queries.invalidateQueries({ queryKey: SOURCES_KEY });
}
