import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { SessionBody } from "../../../../src/protocol/sign-in.ts";
import { connect } from "../../session.ts";
import { isWorthAnotherTry } from "../requests.ts";

const sessionsQuery = queryOptions({
  queryKey: ["operator", "sessions"],
  async queryFn({ signal }) {
    const sessions: SessionBody[] = [];
    for await (const session of connect(signal).sessions()) sessions.push(session);
    return sessions;
  },
  retry: isWorthAnotherTry,
});

/** Who is signed in, newest sign-in first. */
export function useSessions() {
  return useQuery(sessionsQuery);
}

export function useEndSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => connect().endSession(id),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
}
