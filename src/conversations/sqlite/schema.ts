/**
 * One entry a version. `seq` is the order of adding; `turn_until` is in milliseconds, other times in seconds. `folded` is the
 * text as it is searched; `words` finds it by any three characters in a row. Texts that the database cannot read have
 * signatures instead; `title_signature` is null in conversations that were begun without.
 */
export const CONVERSATION_MIGRATIONS = [
  `
  CREATE TABLE conversations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL,
    title TEXT,
    folded_title TEXT,
    is_pinned INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    leaf_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    turn_token TEXT,
    turn_until INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX conversations_by_owner ON conversations (tenant, owner, is_pinned DESC, updated_at DESC, id DESC);
  CREATE INDEX conversations_by_change ON conversations (updated_at);

  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_seq INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    parent_id TEXT,
    message TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,
    answer TEXT,
    feedback TEXT,
    feedback_at INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX messages_by_conversation ON messages (conversation_seq, seq);
  CREATE INDEX messages_by_feedback ON messages (feedback_at) WHERE feedback_at IS NOT NULL;

  CREATE VIRTUAL TABLE words USING fts5 (
    folded, content = 'messages', content_rowid = 'seq', tokenize = 'trigram'
  );
  CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN
    INSERT INTO words (rowid, folded) VALUES (new.seq, new.folded);
  END;
  CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN
    INSERT INTO words (words, rowid, folded) VALUES ('delete', old.seq, old.folded);
  END;
  `,
  `ALTER TABLE conversations ADD COLUMN share TEXT;`,
  `
  ALTER TABLE conversations ADD COLUMN title_signature BLOB;
  CREATE TABLE signatures (
    conversation_seq INTEGER NOT NULL REFERENCES conversations (seq) ON DELETE CASCADE,
    signature BLOB NOT NULL
  ) STRICT;
  CREATE INDEX signatures_by_conversation ON signatures (conversation_seq);
  `,
] as const;
