import { queryOptions, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import type { KeyBody } from "../../../../src/protocol/keys.ts";
import { connect } from "../../session.ts";
import { isWorthAnotherTry } from "../requests.ts";

const keysQuery = queryOptions({
  queryKey: ["operator", "keys"],
  async queryFn({ signal }) {
    const keys: KeyBody[] = [];
    for await (const key of connect(signal).keys()) keys.push(key);
    return keys;
  },
  retry: isWorthAnotherTry,
});

/** Keys of all tenants, newest first, revoked ones too. Fails with 403 for whoever does not run the server. */
export function useKeys(): UseQueryResult<KeyBody[]> {
  return useQuery(keysQuery);
}

export function useRefreshKeys(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: keysQuery.queryKey });
}
