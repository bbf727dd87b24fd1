/** `seq` is the order of creation: pages are cut by it, since many rows share a second. */
export const CATALOGUE_MIGRATIONS = [
  `
  CREATE TABLE files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    filename TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    requested_purpose TEXT NOT NULL,
    media_type TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
  ) STRICT;
  CREATE INDEX files_by_tenant ON files (tenant, seq);
  CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE vector_stores (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    name TEXT,
    description TEXT,
    metadata TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_active_at INTEGER NOT NULL,
    expires_after_days INTEGER
  ) STRICT;
  CREATE INDEX vector_stores_by_tenant ON vector_stores (tenant, seq);

  CREATE TABLE file_batches (
    id TEXT PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES vector_stores (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    cancelled INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX file_batches_by_store ON file_batches (store_id);

  CREATE TABLE vector_store_files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    store_id TEXT NOT NULL REFERENCES vector_stores (id) ON DELETE CASCADE,
    file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    batch_id TEXT REFERENCES file_batches (id) ON DELETE SET NULL,
    status TEXT NOT NULL,
    stage TEXT NOT NULL,
    error_code TEXT,
    error_message TEXT,
    max_chunk_size_tokens INTEGER NOT NULL,
    chunk_overlap_tokens INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    usage_bytes INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    UNIQUE (store_id, file_id)
  ) STRICT;
  CREATE INDEX vector_store_files_by_status ON vector_store_files (store_id, status, usage_bytes);
  CREATE INDEX vector_store_files_by_batch ON vector_store_files (batch_id, status);
  CREATE INDEX vector_store_files_by_file ON vector_store_files (file_id);

  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL,
    store_id TEXT NOT NULL,
    file_id TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    UNIQUE (store_id, file_id),
    FOREIGN KEY (store_id, file_id) REFERENCES vector_store_files (store_id, file_id) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX jobs_waiting ON jobs (tenant, id) WHERE lease_until = 0;
  CREATE INDEX jobs_running ON jobs (tenant, lease_until) WHERE lease_until > 0;
  `,
  `
  CREATE TABLE keys (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    mode TEXT,
    requests_per_minute INTEGER,
    tokens_per_minute INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
  ) STRICT;
  CREATE INDEX keys_by_name ON keys (tenant, name) WHERE revoked_at IS NULL;
  `,
  `
  CREATE TABLE responses (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    previous_id TEXT,
    is_running INTEGER NOT NULL,
    input TEXT NOT NULL,
    body TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX responses_running ON responses (id) WHERE is_running = 1;
  CREATE INDEX responses_by_expiry ON responses (expires_at);
  `,
  `
  CREATE TABLE usage (
    day TEXT NOT NULL,
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    deployment TEXT NOT NULL,
    currency TEXT NOT NULL,
    requests INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost REAL NOT NULL,
    PRIMARY KEY (tenant, key, day, deployment, currency)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX usage_by_day ON usage (day);
  ALTER TABLE keys ADD COLUMN budget TEXT;
  `,
  `
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    provider_session TEXT,
    claims TEXT NOT NULL,
    id_token TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_user ON sessions (issuer, subject);
  CREATE INDEX sessions_by_expiry ON sessions (expires_at);
  CREATE INDEX sessions_by_use ON sessions (idle_until);
  `,
] as const;
