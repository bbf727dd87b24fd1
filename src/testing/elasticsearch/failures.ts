/** An error in the server's own shape. */
export class ServerFailure extends Error {
  readonly status: number;
  readonly error: Record<string, unknown>;

  constructor(status: number, type: string, reason: string, more: Record<string, unknown> = {}) {
    super(reason);
    this.status = status;
    const cause = { type, reason };
    this.error = { root_cause: [{ ...cause, ...more }], ...cause, ...more };
  }

  body(): unknown {
    return { error: this.error, status: this.status };
  }
}

/** One index could not run a query; the others may. */
export class ShardFailure extends Error {
  readonly causedBy: { type: string; reason: string };

  constructor(type: string, reason: string) {
    super(reason);
    this.causedBy = { type, reason };
  }

  reason(index: string): Record<string, unknown> {
    return {
      type: "query_shard_exception",
      reason: `failed to create query: ${this.message}`,
      index_uuid: "uuid",
      index,
      caused_by: this.causedBy,
    };
  }
}

export function noSuchIndex(index: string): ServerFailure {
  return new ServerFailure(404, "index_not_found_exception", `no such index [${index}]`, {
    "resource.type": "index_or_alias",
    "resource.id": index,
    index_uuid: "_na_",
    index,
  });
}
