import { createReadStream } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";

import { DEFAULT_CHUNKING } from "./ingest/document.ts";
import type { Storage } from "./storage/storage.ts";

/** The store every first start brings, so that the first question can be asked at once. */
export const SAMPLE_STORE = { id: "vs_samplehandbook", name: "Sample handbook" };
export const SAMPLE_QUESTION = "How many days of annual leave do full-time employees get?";

const FOLDER = new URL("../samples/", import.meta.url);
const MEDIA_TYPES: Record<string, string> = {
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** Puts the sample documents into a new data folder. Once: a user who deletes them does not meet them again. */
export async function seedSamples(
  storage: Storage,
  { dataDir, tenant, now }: { dataDir: string; tenant: string; now: number },
): Promise<void> {
  const marker = join(dataDir, "samples.json");
  if (await readFile(marker).catch(() => null)) return;
  const names = (await readdir(FOLDER)).filter((name) => extname(name) in MEDIA_TYPES).toSorted();
  const fileIds: string[] = [];
  for (const name of names) fileIds.push(await addSample(storage, { name, tenant, now }));
  // A start that was killed half way left some of it: go on where it stopped.
  await storage.vectorStores.delete(tenant, SAMPLE_STORE.id);
  await storage.vectorStores.create({
    ...SAMPLE_STORE,
    tenant,
    description: "Sample documents that came with Groundwire; delete them when you have your own.",
    metadata: {},
    createdAt: now,
    lastActiveAt: now,
    expiresAfterDays: null,
  });
  await storage.vectorStores.attach(
    SAMPLE_STORE.id,
    fileIds.map((fileId) => ({ fileId, chunking: DEFAULT_CHUNKING, attributes: {} })),
    { batchId: null, tenant, now },
  );
  await writeFile(marker, JSON.stringify({ seededAt: now, vectorStoreId: SAMPLE_STORE.id }));
}

async function addSample(
  storage: Storage,
  { name, tenant, now }: { name: string; tenant: string; now: number },
): Promise<string> {
  const id = `file-sample${name.replaceAll(/[^a-z0-9]/giu, "")}`;
  if (await storage.files.get(tenant, id)) return id;
  const { bytes } = await storage.blobs.write(id, createReadStream(new URL(name, FOLDER)));
  await storage.files.create({
    id,
    tenant,
    filename: name,
    bytes,
    purpose: "assistants",
    requestedPurpose: "assistants",
    mediaType: MEDIA_TYPES[extname(name)] ?? "application/octet-stream",
    createdAt: now,
    expiresAt: null,
  });
  return id;
}
