import { openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import type { Client, VectorStoreFile } from "../../client/http-client.ts";
import { connect } from "../connect.ts";
import { SERVER_OPTIONS, SERVER_OPTIONS_HELP } from "../options.ts";
import { createProgress, type Progress } from "../progress.ts";
import { findStore } from "../store.ts";
import { EXIT, UsageError } from "../usage.ts";

const HELP = `Puts documents into a store: uploads them, waits until each is searchable and says how it went.

Usage: groundwire ingest <file or folder>… --store <name or id>

  --store <name or id>  where to put them; made when there is none of this name
${SERVER_OPTIONS_HELP}

Files that are in the store already, with the same name and size, are left alone.
Exit code 1 when a file failed.

Example: groundwire ingest ./docs --store handbook
`;

const POLL_MS = 150;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      store: { type: "string" },
      ...SERVER_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length === 0) throw new UsageError("Which files or folders?");
  if (values.store === undefined) throw new UsageError("Into which store? Name it with --store.");
  const paths = await listFiles(positionals);
  if (paths.length === 0) throw new UsageError(`No files in ${positionals.join(", ")}.`);

  await using connection = await connect(values, signal);
  const { client } = connection;
  const store =
    (await findStore(client, values.store)) ?? (await client.createVectorStore(values.store));
  const present = await filesInStore(client, store.id);
  const progress = createProgress(process.stderr, paths.length);
  const counts = { ingested: 0, unchanged: 0, failed: 0 };
  for (const path of paths) {
    counts[await ingestOne(path, { client, storeId: store.id, present, progress, signal })]++;
  }
  progress.end();
  const failures = counts.failed > 0 ? `, ${counts.failed} failed` : "";
  const unchanged = counts.unchanged > 0 ? `, ${counts.unchanged} unchanged` : "";
  process.stdout.write(
    `${counts.ingested} ingested${unchanged}${failures} in store ${store.name ?? store.id} (${store.id})\n`,
  );
  return counts.failed > 0 ? EXIT.failed : EXIT.ok;
}

async function ingestOne(
  path: string,
  {
    client,
    storeId,
    present,
    progress,
    signal,
  }: {
    client: Client;
    storeId: string;
    present: Set<string>;
    progress: Progress;
    signal: AbortSignal;
  },
): Promise<"ingested" | "unchanged" | "failed"> {
  const name = basename(path);
  const { size } = await stat(path);
  if (present.has(`${name} ${size}`)) {
    progress.finish(`= ${path} (unchanged)`);
    return "unchanged";
  }
  progress.show(`${name}: uploading`);
  try {
    const file = await client.upload(name, await openAsBlob(path));
    let attached: VectorStoreFile = await client.attach(storeId, file.id);
    while (attached.status === "in_progress") {
      progress.show(`${name}: reading`);
      await delay(POLL_MS, undefined, { signal });
      attached = await client.storeFile(storeId, file.id);
    }
    if (attached.status === "completed") {
      progress.finish(`✓ ${path}`);
      return "ingested";
    }
    progress.finish(`✗ ${path}: ${attached.last_error?.message ?? attached.status}`);
  } catch (error) {
    signal.throwIfAborted();
    progress.finish(`✗ ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return "failed";
}

/** Name and size of what the store has already read. */
async function filesInStore(client: Client, storeId: string): Promise<Set<string>> {
  const present = new Set<string>();
  for await (const { id, status } of client.storeFiles(storeId)) {
    if (status !== "completed") continue;
    const { filename, bytes } = await client.file(id);
    present.add(`${filename} ${bytes}`);
  }
  return present;
}

/** Files as they are named, folders with all below them; hidden files and node_modules are left out. */
async function listFiles(paths: string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (!found) throw new UsageError(`There is no file or folder '${path}'.`);
    if (!found.isDirectory()) {
      files.push(path);
      continue;
    }
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    for (const entry of entries) {
      const inside = join(entry.parentPath, entry.name);
      const isHidden = inside
        .slice(path.length)
        .split("/")
        .some((name) => name.startsWith(".") || name === "node_modules");
      if (entry.isFile() && !isHidden) files.push(inside);
    }
  }
  return [...new Set(files)].toSorted();
}
