/**
 * One entry a version. `seq` is the order of adding; `turn_until` is in milliseconds, other times in seconds. `folded` is the
 * text as it is searched. Texts that the database cannot read have signatures instead, short enough to stand in their rows;
 * `title_signature` is null in conversations that were begun without.
 */
export const POSTGRES_MIGRATIONS = [
  `
  CREATE TABLE groundwire_conversations (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL,
    title TEXT,
    folded_title TEXT,
    is_pinned BOOLEAN NOT NULL,
    metadata JSONB NOT NULL,
    leaf_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    turn_token TEXT,
    turn_until BIGINT NOT NULL DEFAULT 0
  );
  CREATE INDEX groundwire_conversations_by_owner
    ON groundwire_conversations (tenant, owner, is_pinned DESC, updated_at DESC, id COLLATE "C" DESC);
  CREATE INDEX groundwire_conversations_by_change ON groundwire_conversations (updated_at);

  CREATE TABLE groundwire_messages (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_seq BIGINT NOT NULL REFERENCES groundwire_conversations (seq) ON DELETE CASCADE,
    parent_id TEXT,
    message TEXT NOT NULL,
    text TEXT NOT NULL,
    folded TEXT NOT NULL,
    answer TEXT,
    feedback TEXT,
    feedback_at BIGINT,
    created_at BIGINT NOT NULL
  );
  CREATE INDEX groundwire_messages_by_conversation ON groundwire_messages (conversation_seq, seq);
  CREATE INDEX groundwire_messages_by_feedback ON groundwire_messages (feedback_at)
    WHERE feedback_at IS NOT NULL;
  `,
  "ALTER TABLE groundwire_conversations ADD COLUMN share TEXT",
  `
  ALTER TABLE groundwire_conversations ADD COLUMN title_signature BYTEA;
  CREATE TABLE groundwire_signatures (
    conversation_seq BIGINT NOT NULL REFERENCES groundwire_conversations (seq) ON DELETE CASCADE,
    signature BYTEA NOT NULL
  );
  ALTER TABLE groundwire_signatures ALTER COLUMN signature SET STORAGE PLAIN;
  CREATE INDEX groundwire_signatures_by_conversation ON groundwire_signatures (conversation_seq);
  `,
] as const;

/** Finds characters inside messages without reading all of them. Not every role may create extensions; search works without, slower. */
export const TRIGRAM_INDEX = `
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX IF NOT EXISTS groundwire_messages_by_characters ON groundwire_messages USING gin (folded gin_trgm_ops);
`;
