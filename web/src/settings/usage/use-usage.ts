import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { connect } from "../../session.ts";
import { isWorthAnotherTry } from "../requests.ts";
import { useHolderName } from "../use-holder-name.ts";
import { type NamedAmounts, spanOf, sumBy, timeline } from "./amounts.ts";

export interface ShownUsage {
  byTime: NamedAmounts[];
  byDeployment: NamedAmounts[];
  byKey: NamedAmounts[];
  /** Of the prices; null: there are none. */
  currency: string | null;
}

export interface UsageState {
  usage: ShownUsage | null;
  error: Error | null;
  isFetching: boolean;
}

/** What everybody used in the last days. @param keyless What asking without a key is called. */
export function useUsage(days: number, keyless: string): UsageState {
  const nameOf = useHolderName();
  const span = spanOf(days, Date.now());
  const ask = (group: string) => ({
    queryKey: ["operator", "usage", span.from, span.to, group],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      connect(signal).usage({ ...span, group_by: group }),
    placeholderData: keepPreviousData,
    retry: isWorthAnotherTry,
  });
  const byDay = useQuery(ask("day"));
  const byDeployment = useQuery(ask("deployment"));
  const byKey = useQuery(ask("tenant,key"));
  const error = byDay.error ?? byDeployment.error ?? byKey.error;
  const isFetching = byDay.isFetching || byDeployment.isFetching || byKey.isFetching;
  if (!byDay.data || !byDeployment.data || !byKey.data) return { usage: null, error, isFetching };
  const { data, from, to } = byDay.data;
  return {
    error,
    isFetching,
    usage: {
      byTime: timeline(
        sumBy(data, ({ day = "" }) => day),
        { from, to },
      ),
      byDeployment: sumBy(byDeployment.data.data, ({ deployment = "" }) => deployment),
      byKey: sumBy(byKey.data.data, ({ tenant = "", key }) =>
        holderOf(tenant, key ?? keyless, nameOf),
      ),
      currency: data.find(({ currency }) => currency !== null)?.currency ?? null,
    },
  };
}

/** Keys with a tenant of their own are called like it. */
function holderOf(tenant: string, key: string, nameOf: (key: string) => string): string {
  return tenant === key ? key : `${tenant} / ${nameOf(key)}`;
}
