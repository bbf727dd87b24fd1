import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import type { StoreDocumentBody } from "../../../src/protocol/documents.ts";
import type { VectorStoreBody } from "../../../src/protocol/vector-stores.ts";
import { SOURCES_KEY } from "../sources/use-sources.ts";
import { fetchDocuments, fetchStore } from "./store-requests.ts";

/** How often it is looked again while something is being read. */
const POLL_MS = 1_000;

export const storeKey = (id: string): readonly unknown[] => ["store", id];
const documentsKey = (id: string): readonly unknown[] => [...storeKey(id), "documents"];

/** The store with its counts; they are in step with what is being read. */
export function useStore(id: string | null) {
  const queries = useQueryClient();
  const store = useQuery<VectorStoreBody>({
    queryKey: storeKey(id ?? ""),
    enabled: id !== null,
    queryFn: ({ signal }) => fetchStore(id ?? "", signal),
    refetchInterval: ({ state }) =>
      (state.data?.file_counts.in_progress ?? 0) > 0 ? POLL_MS : false,
  });
  const settled = store.data && store.data.file_counts.total - store.data.file_counts.in_progress;
  // What the other pages show of the store is old when a document became ready.
  useEffect(() => {
    if (settled !== undefined) void queries.invalidateQueries({ queryKey: SOURCES_KEY });
  }, [queries, settled]);
  return store;
}

/** Documents of a store, newest first, page by page. */
export function useDocuments(storeId: string) {
  return useInfiniteQuery({
    queryKey: documentsKey(storeId),
    initialPageParam: null as string | null, // the type of the ids that follow
    queryFn: ({ pageParam, signal }) => fetchDocuments({ storeId, after: pageParam }, signal),
    getNextPageParam: ({ data, has_more: hasMore }) => (hasMore ? data.at(-1)?.id : undefined),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(isBeingRead)) ? POLL_MS : false,
  });
}

function isBeingRead({ status }: StoreDocumentBody): boolean {
  return status === "in_progress";
}

/** Something that changes a store; what is shown of it is read anew. */
export function useStoreChange<Input>(storeId: string, change: (input: Input) => Promise<void>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: storeKey(storeId) });
      await queries.invalidateQueries({ queryKey: SOURCES_KEY });
    },
  });
}
