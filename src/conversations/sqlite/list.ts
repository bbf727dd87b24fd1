import type { Row, Sql } from "../../storage/embedded/database.ts";
import type { DriverQuery } from "../conversation-driver.ts";
import type { Owner } from "../conversation-store.ts";
import { foldText } from "../fold-text.ts";

/** The index of messages knows three characters in a row. */
const INDEXED_LENGTH = 3;
/** What stands in more messages than this is soon met by looking through the newest conversations. */
const RARE = 500;

const OWN = "c.tenant = :tenant AND c.owner = :name";
const NOT_YET_SEEN = `AND (c.is_pinned, c.updated_at, c.id) <
  (SELECT is_pinned, updated_at, id FROM conversations WHERE id = :after AND tenant = :tenant AND owner = :name)`;
const ORDER = "ORDER BY c.is_pinned DESC, c.updated_at DESC, c.id DESC LIMIT :limit";
const IN_TITLE = "instr(coalesce(c.folded_title, ''), :wanted) > 0";

/** `may_hold` is a function of ours: `worker.ts`. */
const MAY_HOLD = `(c.title_signature IS NULL OR may_hold(c.title_signature, :probe)
  OR EXISTS (SELECT 1 FROM signatures WHERE conversation_seq = c.seq AND may_hold(signature, :probe)))`;

/** One page of an owner's conversations; `match` is the text that was found in a message. */
export function listConversations(sql: Sql, owner: Owner, query: DriverQuery): Row[] {
  const { limit, after, search = "", probe } = query;
  const wanted = foldText(search);
  const seen = after === undefined ? "" : NOT_YET_SEEN;
  const parameters = { ...owner, limit, ...(after === undefined ? {} : { after }) };
  if (probe !== undefined) {
    return sql.all(
      `SELECT c.*, NULL AS match FROM conversations c WHERE ${OWN} ${seen} AND ${MAY_HOLD} ${ORDER}`,
      { ...parameters, probe: new Uint8Array(probe.buffer) },
    );
  }
  if (wanted === "") {
    return sql.all(
      `SELECT c.*, NULL AS match FROM conversations c WHERE ${OWN} ${seen} ${ORDER}`,
      parameters,
    );
  }
  const rare = rareMessages(sql, wanted);
  if (rare !== null) {
    return sql.all(
      `WITH hits AS MATERIALIZED (
         SELECT conversation_seq, min(seq) AS seq FROM messages
         WHERE seq IN (SELECT value FROM json_each(:rare)) AND instr(folded, :wanted) > 0 GROUP BY conversation_seq)
       SELECT c.*, iif(${IN_TITLE}, NULL, (SELECT text FROM messages WHERE seq = hits.seq)) AS match
       FROM conversations c LEFT JOIN hits ON hits.conversation_seq = c.seq
       WHERE ${OWN} ${seen} AND (${IN_TITLE} OR hits.seq IS NOT NULL) ${ORDER}`,
      { ...parameters, wanted, rare: JSON.stringify(rare) },
    );
  }
  const found =
    "(SELECT min(m.seq) FROM messages m WHERE m.conversation_seq = c.seq AND instr(m.folded, :wanted) > 0)";
  return sql.all(
    `SELECT c.*, iif(${IN_TITLE}, NULL, (SELECT text FROM messages WHERE seq = ${found})) AS match
     FROM conversations c WHERE ${OWN} ${seen} AND (${IN_TITLE} OR ${found} IS NOT NULL) ${ORDER}`,
    { ...parameters, wanted },
  );
}

/** The messages that hold these characters when they are few; null: they are many, or must be looked for one by one. */
function rareMessages(sql: Sql, wanted: string): number[] | null {
  if ([...wanted].length < INDEXED_LENGTH) return null;
  const rows = sql.all("SELECT rowid FROM words WHERE words MATCH :phrase LIMIT :most", {
    phrase: `"${wanted.replaceAll('"', '""')}"`,
    most: RARE + 1,
  });
  return rows.length > RARE ? null : rows.map((row) => Number(row["rowid"]));
}
