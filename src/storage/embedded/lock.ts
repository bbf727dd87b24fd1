import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { GroundwireError } from "../../protocol/errors.ts";
import { isSqliteError } from "./database.ts";

const SQLITE_BUSY = 5;

/**
 * Takes a data folder for this storage; rejects while another one holds it, in this process or another. The lock is the
 * operating system's lock on `lock.sqlite`: it ends with the process, however that ends. `lock.holder` only says who.
 * On network file systems it is as good as their locks.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const holder = join(folder, "lock.holder");
  const database = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!isSqliteError(error, SQLITE_BUSY)) throw error;
    const who = await readFile(holder, "utf8").catch(() => "another process");
    throw new GroundwireError(
      "conflict",
      `The data folder ${folder} is in use by ${who}. Stop that server, or give this one a folder of its own with GROUNDWIRE_DATA_DIR.`,
    );
  }
  await writeFile(holder, `process ${process.pid} on ${hostname()}`);
  return async () => {
    await rm(holder, { force: true });
    database.close();
  };
}
