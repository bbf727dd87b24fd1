import { USAGE_DIMENSIONS, type UsageRecord, type UsageRecords } from "../../usage-records.ts";
import type { Row, Sql } from "../database.ts";
import type { Synchronous } from "./synchronous.ts";

export function usageRecords(sql: Sql): Synchronous<UsageRecords> {
  return {
    add(records) {
      sql.transaction(() => {
        for (const record of records) {
          sql.run(
            `INSERT INTO usage (day, tenant, key, deployment, currency, requests, prompt_tokens, cached_tokens,
               completion_tokens, reasoning_tokens, cost)
             VALUES (:day, :tenant, :key, :deployment, :currency, :requests, :promptTokens, :cachedTokens,
               :completionTokens, :reasoningTokens, :cost)
             ON CONFLICT DO UPDATE SET
               requests = requests + excluded.requests,
               prompt_tokens = prompt_tokens + excluded.prompt_tokens,
               cached_tokens = cached_tokens + excluded.cached_tokens,
               completion_tokens = completion_tokens + excluded.completion_tokens,
               reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
               cost = cost + excluded.cost`,
            { ...record },
          );
        }
      });
    },
    sum({ by, from, to, tenant = null, key = null, deployment = null }) {
      const columns = USAGE_DIMENSIONS.map((name) => (by.includes(name) ? name : `'' AS ${name}`));
      const told = [...USAGE_DIMENSIONS.filter((name) => by.includes(name)), "currency"].join(", ");
      const rows = sql.all(
        `SELECT ${columns.join(", ")}, currency, sum(requests) AS requests, sum(prompt_tokens) AS prompt_tokens,
           sum(cached_tokens) AS cached_tokens, sum(completion_tokens) AS completion_tokens,
           sum(reasoning_tokens) AS reasoning_tokens, sum(cost) AS cost
         FROM usage
         WHERE day BETWEEN :from AND :to AND (:tenant IS NULL OR tenant = :tenant)
           AND (:key IS NULL OR key = :key) AND (:deployment IS NULL OR deployment = :deployment)
         GROUP BY ${told} ORDER BY ${told}`,
        { from, to, tenant, key, deployment },
      );
      return rows.map(toUsage);
    },
  };
}

function toUsage(row: Row): UsageRecord {
  return {
    day: String(row["day"]),
    tenant: String(row["tenant"]),
    key: String(row["key"]),
    deployment: String(row["deployment"]),
    currency: String(row["currency"]),
    requests: Number(row["requests"]),
    promptTokens: Number(row["prompt_tokens"]),
    cachedTokens: Number(row["cached_tokens"]),
    completionTokens: Number(row["completion_tokens"]),
    reasoningTokens: Number(row["reasoning_tokens"]),
    cost: Number(row["cost"]),
  };
}
