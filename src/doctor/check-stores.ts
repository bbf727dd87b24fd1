import { GroundwireError } from "../protocol/errors.ts";
import type { Storage, VectorStoreRecord } from "../storage/storage.ts";
import type { Checklist, Finding } from "./checklist.ts";

export interface WantedStores {
  ids: readonly string[];
  /** Whose they may be. */
  tenants: readonly string[];
}

/** Whoever calls without a key. */
const KEYLESS_TENANT = "default";
const MOST_KEYS = 100;

/** The vector stores are there and hold documents; false when one is not, or cannot be looked at. */
export async function checkStores(
  list: Checklist,
  { ids, tenants }: WantedStores,
  storage: Pick<Storage, "vectorStores" | "keys"> | null,
): Promise<boolean> {
  if (storage === null) {
    const detail = "the running server holds them; ask it, with --url";
    list.add("index", { status: "skipped", detail });
    list.add("query", { status: "skipped", detail });
    return false;
  }
  const found = await list.run(
    "index",
    async () => {
      const owners = await ownersIn(storage, tenants);
      return Promise.all(ids.map((id) => find(storage, id, owners)));
    },
    describe,
  );
  return found !== null;
}

async function ownersIn(
  { keys }: Pick<Storage, "keys">,
  tenants: readonly string[],
): Promise<string[]> {
  const { data } = await keys.list({ limit: MOST_KEYS, order: "desc" });
  return [...new Set([KEYLESS_TENANT, ...tenants, ...data.map(({ tenant }) => tenant)])];
}

async function find(
  { vectorStores }: Pick<Storage, "vectorStores">,
  id: string,
  owners: readonly string[],
): Promise<VectorStoreRecord> {
  for (const tenant of owners) {
    const store = await vectorStores.get(tenant, id);
    if (store !== null) return store;
  }
  throw new GroundwireError("not_found", `There is no vector store '${id.slice(0, 100)}'.`, {
    advice: "Make one with `groundwire ingest`, and give its id as 'vector_store_id'.",
  });
}

function describe(stores: VectorStoreRecord[]): Finding {
  const counted = stores.map(
    ({ id, name, fileCounts }) => `${name ?? id}: ${fileCounts.completed} documents`,
  );
  const detail = counted.join("; ");
  if (stores.some(({ fileCounts }) => fileCounts.failed > 0)) {
    const failed = stores.reduce((sum, { fileCounts }) => sum + fileCounts.failed, 0);
    return {
      status: "warning",
      detail: `${detail}; ${failed} could not be read`,
      nextStep: "See `last_error` of the files of the store, and upload what is missing anew.",
    };
  }
  if (stores.every(({ fileCounts }) => fileCounts.completed > 0)) return { detail };
  return {
    status: "warning",
    detail,
    nextStep: "Put documents into it with `groundwire ingest`.",
  };
}
