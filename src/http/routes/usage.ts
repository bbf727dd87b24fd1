import type { FastifyInstance } from "fastify";
import type { Principal } from "../../auth/principal.ts";
import { parseRequest } from "../../protocol/validation.ts";
import { type BudgetBody, type UsageBody, usageQuerySchema } from "../../protocol/usage.ts";
import type { UsageDimension, UsageRecord } from "../../storage/usage-records.ts";
import { dayOf } from "../../usage/budget.ts";
import { operation } from "../operation.ts";
import type { HttpServices } from "../services-type.ts";
import { holderOf } from "../usage-holder.ts";

const DAY_SECONDS = 24 * 60 * 60;
/** Days before the last one, unless the first is given. */
const DAYS_BEFORE = 29;

/** `/groundwire/usage`: operators see what every key used, all others what their own did. */
export function usageRoutes({ usage, now }: HttpServices) {
  async function budgetOf(principal: Principal): Promise<BudgetBody | null> {
    const { budget } = principal;
    if (budget === null) return null;
    const { cost, tokens, renewsAt } = await usage.budget(holderOf(principal), budget);
    const currency = usage.currency === "" ? null : usage.currency;
    return { ...budget, currency, used: { cost: rounded(cost), tokens }, renews_at: renewsAt };
  }

  return async (app: FastifyInstance): Promise<void> => {
    app.get(
      "/usage",
      operation("Tokens and costs by day, key and deployment", { query: usageQuerySchema }),
      async (request): Promise<UsageBody> => {
        const { principal } = request.context;
        const query = parseRequest(usageQuerySchema, request.query);
        const { group_by: by, tenant, key, deployment, to = dayOf(now()) } = query;
        const from = query.from ?? dayOf(Date.parse(to) / 1000 - DAYS_BEFORE * DAY_SECONDS);
        const records = await usage.sum({
          from,
          to,
          by,
          ...(tenant === undefined ? {} : { tenant }),
          ...(key === undefined ? {} : { key }),
          ...(deployment === undefined ? {} : { deployment }),
          ...(principal.scopes.includes("admin") ? {} : holderOf(principal)),
        });
        const data = records.map((record) => toRowBody(record, by));
        return { object: "list", from, to, data, budget: await budgetOf(principal) };
      },
    );
  };
}

function toRowBody(record: UsageRecord, by: readonly UsageDimension[]): UsageBody["data"][number] {
  const { day, tenant, key, deployment, currency, cost } = record;
  const told = { day, tenant, key: key === "" ? null : key, deployment };
  return {
    object: "groundwire.usage",
    ...Object.fromEntries(by.map((name) => [name, told[name]])),
    currency: currency === "" ? null : currency,
    requests: record.requests,
    prompt_tokens: record.promptTokens,
    cached_tokens: record.cachedTokens,
    completion_tokens: record.completionTokens,
    reasoning_tokens: record.reasoningTokens,
    total_tokens: record.promptTokens + record.completionTokens,
    cost: rounded(cost),
  };
}

/** Sums of prices of single tokens end in noise. */
function rounded(cost: number): number {
  return Math.round(cost * 1e6) / 1e6;
}
