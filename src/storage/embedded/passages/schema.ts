/**
 * One database per vector store. Passage ids are consecutive within a file and never used again. `first_term` is
 * UTF-16 big endian, so that SQLite orders terms by code unit as the engine does.
 */
export const PASSAGES_MIGRATIONS = [
  `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  INSERT INTO counters VALUES ('next_passage', 1), ('vectors_version', 0);

  CREATE TABLE files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    title TEXT,
    attributes TEXT NOT NULL,
    language TEXT,
    base INTEGER NOT NULL,
    span INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX files_by_base ON files (base);

  CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    joiner TEXT NOT NULL,
    heading_path TEXT NOT NULL,
    page INTEGER,
    label TEXT NOT NULL,
    anchor TEXT NOT NULL,
    term_hashes BLOB NOT NULL
  ) STRICT;

  CREATE TABLE chunks (
    file_seq INTEGER NOT NULL REFERENCES files (seq) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    first_passage INTEGER NOT NULL,
    last_passage INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (file_seq, ordinal)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE vectors (passage_id INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;

  CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    base INTEGER NOT NULL,
    span INTEGER NOT NULL,
    count INTEGER NOT NULL,
    total_length INTEGER NOT NULL,
    lengths BLOB NOT NULL,
    dead_in INTEGER REFERENCES segments (id) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX segments_by_dead_in ON segments (dead_in);

  CREATE TABLE blocks (
    segment_id INTEGER NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    first_term BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (segment_id, first_term)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE signatures (passage_id INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
  INSERT INTO signatures SELECT id, term_hashes FROM passages;
  ALTER TABLE passages DROP COLUMN term_hashes;
  INSERT INTO counters VALUES ('version', 0);
  CREATE INDEX chunks_by_passage ON chunks (file_seq, first_passage);
  `,
] as const;
