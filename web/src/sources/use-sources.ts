import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { SourceBody } from "../../../src/protocol/sources.ts";
import { connect } from "../session.ts";

export const SOURCES_KEY = ["sources"] as const;

export const sourcesQuery = queryOptions({
  queryKey: SOURCES_KEY,
  queryFn: ({ signal }) => connect(signal).sources(),
});

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => connect(signal).models(),
  staleTime: 300_000,
});

/** What can be asked. Invalidate `SOURCES_KEY` when documents came or went. */
export function useSources(): UseQueryResult<SourceBody[]> {
  return useQuery(sourcesQuery);
}

/** Names of the models the server offers; often none are known. */
export function useModels(): UseQueryResult<{ id: string }[]> {
  return useQuery(modelsQuery);
}
