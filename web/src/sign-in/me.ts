import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { MeBody } from "../../../src/protocol/sign-in.ts";
import { request } from "../documents/request.ts";

const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<MeBody> =>
    (await (await request("/groundwire/me", { signal })).json()) as MeBody, // of our own server
  staleTime: 300_000,
});

/** Who uses the page, and how one signs in. */
export function useMe(): UseQueryResult<MeBody> {
  return useQuery(meQuery);
}
