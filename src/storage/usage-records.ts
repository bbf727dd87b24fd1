/** What was used on one day by one key of one deployment. */
export interface UsageRecord extends UsageAmounts {
  /** UTC, `YYYY-MM-DD`. */
  day: string;
  tenant: string;
  /** Name of the key, or the object id of a token's user; empty on a server without keys. */
  key: string;
  /** As the caller named it. */
  deployment: string;
  /** Of `cost`; empty: there was no price. */
  currency: string;
}

export interface UsageAmounts {
  requests: number;
  promptTokens: number;
  /** Those of `promptTokens` that the model had read before. */
  cachedTokens: number;
  completionTokens: number;
  /** Those of `completionTokens` that the model thought with. */
  reasoningTokens: number;
  cost: number;
}

export const USAGE_DIMENSIONS = ["day", "tenant", "key", "deployment"] as const;
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number];

export interface UsageQuery {
  /** First and last day, `YYYY-MM-DD`. */
  from: string;
  to: string;
  tenant?: string;
  key?: string;
  deployment?: string;
  /** What rows are told apart by, beside the currency; the others are summed up and empty. */
  by: readonly UsageDimension[];
}

export interface UsageRecords {
  /** Adds to what is there of the same day, tenant, key, deployment and currency. */
  add(records: UsageRecord[]): Promise<void>;
  /** In the order of `by`. */
  sum(query: UsageQuery): Promise<UsageRecord[]>;
}
