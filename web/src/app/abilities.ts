import { queryOptions, useQuery } from "@tanstack/react-query";
import type { AbilitiesBody } from "../../../src/protocol/abilities.ts";
import { request } from "../documents/request.ts";

const abilitiesQuery = queryOptions({
  queryKey: ["abilities"],
  queryFn: async ({ signal }) =>
    // The server's own answer.
    (await (await request("/groundwire/abilities", { signal })).json()) as AbilitiesBody,
  staleTime: 300_000,
});

/** What the server can do; nothing more than asking until it is known. */
export function useAbilities(): Omit<AbilitiesBody, "object"> {
  const { data } = useQuery(abilitiesQuery);
  return data ?? NOTHING_KNOWN;
}

const NOTHING_KNOWN = {
  code_interpreter: false,
  max_file_bytes: Number.POSITIVE_INFINITY,
  page: { title: null, description: null, questions: [], suggestions: false },
};

/** What the operator calls this page. */
export function usePageName(): string {
  return useAbilities().page.title ?? "Groundwire";
}
