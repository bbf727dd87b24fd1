import { z } from "zod";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days that one question may span. */
const MOST_DAYS = 1_100;

const day = z.iso.date("Expected a day in UTC, as 2026-11-27");
const DIMENSIONS = ["day", "tenant", "key", "deployment"] as const;

/** Query of `GET /groundwire/usage`. Times are days in UTC. */
export const usageQuerySchema = z
  .object({
    /** First day; 29 days before `to` by default. */
    from: day.optional(),
    /** Last day; today by default. */
    to: day.optional(),
    tenant: z.string().max(200).optional(),
    /** Names of keys are short; issuer and subject of a user are not. */
    key: z.string().max(1_000).optional(),
    deployment: z.string().max(200).optional(),
    /** What rows are told apart by: a list of day, tenant, key, deployment; all of them by default. */
    group_by: z
      .string()
      .max(100)
      .default(DIMENSIONS.join(","))
      .transform((list) => [...new Set(list.split(",").map((name) => name.trim()))].filter(Boolean))
      .pipe(z.array(z.enum(DIMENSIONS))),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || isSpan(from, to), {
    path: ["from"],
    error: `'from' is after 'to', or more than ${MOST_DAYS} days before it`,
  });

function isSpan(from: string, to: string): boolean {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  return days >= 0 && days <= MOST_DAYS;
}

export interface UsageTotalsBody {
  requests: number;
  prompt_tokens: number;
  /** Those of `prompt_tokens` that the model had read before. */
  cached_tokens: number;
  completion_tokens: number;
  /** Those of `completion_tokens` that the model thought with. */
  reasoning_tokens: number;
  total_tokens: number;
  /** By the prices at the time; 0 where there was none. */
  cost: number;
}

export interface UsageRowBody extends UsageTotalsBody {
  object: "groundwire.usage";
  /** Absent: not told apart by it. */
  day?: string;
  tenant?: string;
  /** Null: asked without a key. */
  key?: string | null;
  deployment?: string;
  /** Null: there was no price. */
  currency: string | null;
}

/** The caller's own budget in the running day or month. */
export interface BudgetBody {
  amount: number | null;
  tokens: number | null;
  per: "day" | "month";
  currency: string | null;
  used: { cost: number; tokens: number };
  /** Unix seconds. */
  renews_at: number;
}

export interface UsageBody {
  object: "list";
  from: string;
  to: string;
  data: UsageRowBody[];
  /** Null: the caller has none. */
  budget: BudgetBody | null;
}
