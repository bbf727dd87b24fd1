import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import type { Client, VectorStoreFile } from "../../client/http-client.ts";
import { connect } from "../connect.ts";
import { knownFiles, type KnownFiles } from "../known-files.ts";
import { listFiles, type Origin, originOf } from "../local-files.ts";
import { SERVER_OPTIONS, SERVER_OPTIONS_HELP } from "../options.ts";
import { createProgress, type Progress } from "../progress.ts";
import { findStore } from "../store.ts";
import { EXIT, UsageError } from "../usage.ts";

const HELP = `Puts documents into a store: uploads them, waits until each is searchable and says how it went.

Usage: groundwire ingest <file or folder>… --store <name or id>

  --store <name or id>  where to put them; made when there is none of this name
${SERVER_OPTIONS_HELP}

Content that is in the store already is left alone. A file that has changed since, by its path as seen from
the working folder, takes the place of its older version. Exit code 1 when a file failed.

Example: groundwire ingest ./docs --store handbook
`;

const POLL_MS = 150;
/** Files that are uploaded and attached together. */
const GROUP_SIZE = 16;

type Outcome = "ingested" | "unchanged" | "failed";

interface Target {
  client: Client;
  storeId: string;
  known: KnownFiles;
  progress: Progress;
  signal: AbortSignal;
}

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
  const known = await knownFiles(client, store.id);
  const progress = createProgress(process.stderr, paths.length);
  const target: Target = { client, storeId: store.id, known, progress, signal };
  const counts = { ingested: 0, unchanged: 0, failed: 0 };
  for (let start = 0; start < paths.length; start += GROUP_SIZE) {
    const outcomes = await ingestGroup(paths.slice(start, start + GROUP_SIZE), target);
    for (const outcome of outcomes) counts[outcome]++;
  }
  progress.end();
  const failures = counts.failed > 0 ? `, ${counts.failed} failed` : "";
  const unchanged = counts.unchanged > 0 ? `, ${counts.unchanged} unchanged` : "";
  process.stdout.write(
    `${counts.ingested} ingested${unchanged}${failures} in store ${store.name ?? store.id} (${store.id})\n`,
  );
  return counts.failed > 0 ? EXIT.failed : EXIT.ok;
}

interface Upload {
  path: string;
  fileId: string;
  origin: Origin;
}

async function ingestGroup(paths: string[], target: Target): Promise<Outcome[]> {
  target.progress.show(`uploading ${paths.join(", ")}`);
  const sent = await Promise.all(paths.map((path) => upload(path, target)));
  const uploads = sent.filter((result) => typeof result === "object");
  const settled = sent.filter((result) => typeof result === "string");
  return [...settled, ...(await waitFor(uploads, target))];
}

async function upload(
  path: string,
  { client, known, progress, signal }: Target,
): Promise<Upload | Outcome> {
  try {
    const origin = await originOf(path, signal);
    if (known.isCurrent(origin)) {
      await removeOutdated(origin, { client, known });
      progress.finish(`= ${path} (unchanged)`);
      return "unchanged";
    }
    const { id } = await client.upload(basename(path), await openAsBlob(path));
    return { path, fileId: id, origin };
  } catch (error) {
    signal.throwIfAborted();
    progress.finish(`✗ ${path}: ${error instanceof Error ? error.message : String(error)}`);
    return "failed";
  }
}

/** Attaches the files as one batch and reports each as soon as it is read. */
async function waitFor(uploads: Upload[], target: Target): Promise<Outcome[]> {
  if (uploads.length === 0) return [];
  const { client, storeId, progress, signal } = target;
  const batch = await client.attachBatch(
    storeId,
    uploads.map(({ fileId, origin }) => ({ file_id: fileId, attributes: origin })),
  );
  const outcomes: Outcome[] = [];
  let waiting = uploads;
  while (waiting.length > 0) {
    progress.show(`reading ${waiting.map(({ path }) => path).join(", ")}`);
    await delay(POLL_MS, undefined, { signal });
    const files = new Map<string, VectorStoreFile>();
    for await (const file of client.batchFiles(storeId, batch.id)) files.set(file.id, file);
    const isSettled = ({ fileId }: Upload): boolean => files.get(fileId)?.status !== "in_progress";
    for (const settled of waiting.filter(isSettled)) {
      outcomes.push(await report(settled, files.get(settled.fileId), target));
    }
    waiting = waiting.filter((entry) => !isSettled(entry));
  }
  return outcomes;
}

async function report(
  { path, origin }: Upload,
  file: VectorStoreFile | undefined,
  target: Target,
): Promise<Outcome> {
  if (file?.status === "completed") {
    await removeOutdated(origin, target);
    target.progress.finish(`✓ ${path}`);
    return "ingested";
  }
  const reason = file?.last_error?.message ?? file?.status ?? "it was taken out of the store";
  target.progress.finish(`✗ ${path}: ${reason}`);
  return "failed";
}

/** Only after the new version is there, so that the store never lacks the document. */
async function removeOutdated(
  origin: Origin,
  { client, known }: Pick<Target, "client" | "known">,
): Promise<void> {
  for (const id of known.outdated(origin)) await client.deleteFile(id);
}
