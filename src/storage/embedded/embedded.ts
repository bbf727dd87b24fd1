import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Storage } from "../storage.ts";
import { openBlobs } from "./blobs.ts";
import { openCatalogue } from "./catalogue/catalogue.ts";
import { lockFolder } from "./lock.ts";
import { openPassages } from "./passages/passages.ts";

export interface EmbeddedOptions {
  /** Made when it is not there. Held by one process at a time. */
  dataDir: string;
  /** Threads that search. */
  readers?: number;
  /** Told when housekeeping behind an answered call fails. */
  onError?: (error: unknown) => void;
}

/** Everything in one folder: `catalogue.sqlite`, `stores/<id>.sqlite` and `files/<id>/`. */
export async function openEmbeddedStorage({
  dataDir,
  readers = 1,
  onError = () => undefined,
}: EmbeddedOptions): Promise<Storage> {
  await mkdir(dataDir, { recursive: true });
  await using resources = new AsyncDisposableStack();
  resources.defer(await lockFolder(dataDir));
  const catalogue = openCatalogue(join(dataDir, "catalogue.sqlite"));
  resources.defer(() => catalogue.close());
  const passages = await openPassages(join(dataDir, "stores"), { readers, onError });
  resources.defer(() => passages.close());
  const blobs = await openBlobs(join(dataDir, "files"));
  // Surfaces what is wrong with the database now, not at the first request.
  await catalogue.ready();
  const opened = resources.move();
  let closing: Promise<void> | undefined;
  return {
    files: catalogue.files,
    vectorStores: catalogue.vectorStores,
    jobs: catalogue.jobs,
    keys: catalogue.keys,
    responses: catalogue.responses,
    sessions: catalogue.sessions,
    usage: catalogue.usage,
    passages,
    blobs,
    close: () => (closing ??= opened.disposeAsync()),
  };
}
