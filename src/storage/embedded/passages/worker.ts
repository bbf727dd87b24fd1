import { parentPort, workerData } from "node:worker_threads";

import type { Attributes } from "../../../protocol/filters.ts";
import { createAnalyzer } from "../../../search/analysis/analyze.ts";
import { serveMethods } from "../../../util/worker-rpc.ts";
import { mergeStep } from "./merge-step.ts";
import { openStores } from "./open-stores.ts";
import { readChunks, readRange, type ReaderQuery, searchPassages } from "./reader.ts";
import { createStoreCaches } from "./store-cache.ts";
import { createVectorCache } from "./vector-cache.ts";
import { deleteFile, type NewFile, putFile } from "./writer.ts";

/** What a passage thread offers. One thread puts and deletes, one merges; any number may read. */
export type PassageMethods = typeof methods;

// Given by `openPassages`.
const { folder } = workerData as { folder: string };
const stores = openStores(folder);
const tools = {
  analyzer: createAnalyzer(),
  caches: createStoreCaches(),
  vectors: createVectorCache(),
};

const methods = {
  putFile(storeId: string, file: NewFile) {
    return putFile(stores.create(storeId), file, tools.analyzer);
  },
  setAttributes(storeId: string, fileId: string, attributes: Attributes): void {
    stores.open(storeId)?.run("UPDATE files SET attributes = :attributes WHERE file_id = :fileId", {
      fileId,
      attributes: JSON.stringify(attributes),
    });
  },
  deleteFile(storeId: string, fileId: string): void {
    const sql = stores.open(storeId);
    if (sql) deleteFile(sql, fileId, tools.analyzer);
  },
  /** True: there may be more to merge. */
  async mergeStep(storeId: string): Promise<boolean> {
    const sql = stores.open(storeId);
    return sql !== null && (await mergeStep(sql));
  },
  drop: (storeId: string): void => stores.drop(storeId),
  closeStore: (storeId: string): void => stores.close(storeId),
  search(storeId: string, query: ReaderQuery) {
    const sql = stores.open(storeId);
    return sql ? sql.snapshot(() => searchPassages(sql, query, tools)) : [];
  },
  range(storeId: string, place: { fileId: string; from: number; to: number }) {
    const sql = stores.open(storeId);
    return sql ? sql.snapshot(() => readRange(sql, place)) : [];
  },
  chunks(storeId: string, place: { fileId: string; after: number; limit: number }) {
    const sql = stores.open(storeId);
    return sql ? sql.snapshot(() => readChunks(sql, place)) : { data: [], hasMore: false };
  },
  close: (): void => stores.closeAll(),
};

if (parentPort) serveMethods(parentPort, methods);
