import { GroundwireError } from "../../../protocol/errors.ts";
import type { KeyBudget } from "../../../protocol/keys.ts";
import type { KeyRecord, KeyRecords } from "../../key-records.ts";
import type { Row, Sql } from "../database.ts";
import { listPage } from "./page.ts";
import { numberOrNull, textOrNull } from "./rows.ts";
import type { Synchronous } from "./synchronous.ts";

export function keyRecords(sql: Sql): Synchronous<KeyRecords> {
  return {
    create({ scopes, budget, ...key }) {
      sql.transaction(() => {
        const { tenant, name, createdAt } = key;
        const sameName = sql.one(
          `SELECT id FROM keys WHERE tenant = :tenant AND name = :name AND revoked_at IS NULL
           AND (expires_at IS NULL OR expires_at > :createdAt)`,
          { tenant, name, createdAt },
        );
        if (sameName) {
          throw new GroundwireError(
            "conflict",
            `Tenant '${tenant}' already has a key named '${name}' (${String(sameName["id"])}). Revoke it first, or choose another name.`,
            { param: "name" },
          );
        }
        sql.run(
          `INSERT INTO keys (id, digest, tenant, name, scopes, mode, requests_per_minute, tokens_per_minute, budget,
             created_at, expires_at, last_used_at, revoked_at)
           VALUES (:id, :digest, :tenant, :name, :scopes, :mode, :requestsPerMinute, :tokensPerMinute, :budget,
             :createdAt, :expiresAt, :lastUsedAt, :revokedAt)`,
          {
            ...key,
            scopes: JSON.stringify(scopes),
            budget: budget === null ? null : JSON.stringify(budget),
          },
        );
      });
    },
    list(query) {
      return listPage(sql, query, {
        from: "keys WHERE TRUE",
        idColumn: "id",
        parameters: {},
        toRecord: toKey,
      });
    },
    revoke(id, now) {
      return (
        sql.run("UPDATE keys SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL", {
          id,
          now,
        }) > 0
      );
    },
    findByDigest(digest) {
      const row = sql.one("SELECT * FROM keys WHERE digest = :digest AND revoked_at IS NULL", {
        digest,
      });
      return row ? toKey(row) : null;
    },
    touch(id, now) {
      sql.run("UPDATE keys SET last_used_at = :now WHERE id = :id", { id, now });
    },
    any() {
      return sql.one("SELECT 1 FROM keys WHERE revoked_at IS NULL LIMIT 1") !== undefined;
    },
  };
}

function toKey(row: Row): KeyRecord {
  return {
    id: String(row["id"]),
    tenant: String(row["tenant"]),
    name: String(row["name"]),
    // Written by `create`.
    scopes: JSON.parse(String(row["scopes"])) as KeyRecord["scopes"],
    mode: row["mode"] === "strict" || row["mode"] === "tolerant" ? row["mode"] : null,
    requestsPerMinute: numberOrNull(row["requests_per_minute"]),
    tokensPerMinute: numberOrNull(row["tokens_per_minute"]),
    budget: toBudget(textOrNull(row["budget"])),
    createdAt: Number(row["created_at"]),
    expiresAt: numberOrNull(row["expires_at"]),
    lastUsedAt: numberOrNull(row["last_used_at"]),
    revokedAt: numberOrNull(row["revoked_at"]),
  };
}

function toBudget(text: string | null): KeyBudget | null {
  return text === null ? null : (JSON.parse(text) as KeyBudget); // written by `create`
}
