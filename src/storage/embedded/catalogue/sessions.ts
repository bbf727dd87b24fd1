import type { SessionRecord, SessionRecords } from "../../session-records.ts";
import type { Row, Sql } from "../database.ts";
import { listPage } from "./page.ts";
import { textOrNull } from "./rows.ts";
import type { Synchronous } from "./synchronous.ts";

export function sessionRecords(sql: Sql): Synchronous<SessionRecords> {
  return {
    create(session) {
      sql.run(
        `INSERT INTO sessions (id, digest, issuer, subject, provider_session, claims, id_token, created_at, expires_at, idle_until)
         VALUES (:id, :digest, :issuer, :subject, :providerSession, :claims, :idToken, :createdAt, :expiresAt, :idleUntil)`,
        { ...session },
      );
    },
    findByDigest(digest) {
      const row = sql.one("SELECT * FROM sessions WHERE digest = :digest", { digest });
      return row ? toSession(row) : null;
    },
    list(query) {
      return listPage(sql, query, {
        from: "(SELECT rowid AS seq, * FROM sessions) WHERE TRUE",
        idColumn: "id",
        parameters: {},
        toRecord: toSession,
      });
    },
    prolong(id, idleUntil) {
      sql.run("UPDATE sessions SET idle_until = :idleUntil WHERE id = :id", { id, idleUntil });
    },
    delete(id) {
      return sql.run("DELETE FROM sessions WHERE id = :id", { id }) > 0;
    },
    deleteOf({ issuer, subject, providerSession }) {
      return sql.run(
        `DELETE FROM sessions WHERE issuer = :issuer
         AND (:subject IS NULL OR subject = :subject)
         AND (:providerSession IS NULL OR provider_session = :providerSession)
         AND (:subject IS NOT NULL OR :providerSession IS NOT NULL)`,
        { issuer, subject, providerSession },
      );
    },
    deleteExpired(now) {
      return sql.run("DELETE FROM sessions WHERE expires_at <= :now OR idle_until <= :now", {
        now,
      });
    },
  };
}

function toSession(row: Row): SessionRecord {
  return {
    id: String(row["id"]),
    issuer: String(row["issuer"]),
    subject: String(row["subject"]),
    providerSession: textOrNull(row["provider_session"]),
    claims: String(row["claims"]),
    idToken: String(row["id_token"]),
    createdAt: Number(row["created_at"]),
    expiresAt: Number(row["expires_at"]),
    idleUntil: Number(row["idle_until"]),
  };
}
