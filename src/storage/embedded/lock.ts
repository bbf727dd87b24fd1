import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { GroundwireError } from "../../protocol/errors.ts";

/** Takes a data folder for this process. Rejects while another living process holds it; a dead one's lock is taken over. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "lock");
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await using file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (isAlive(holder)) {
      throw new GroundwireError(
        "conflict",
        `The data folder ${folder} is in use by process ${holder}. Stop that server, or give this one a folder of its own with GROUNDWIRE_DATA_DIR.`,
      );
    }
    await rm(path, { force: true });
  }
  throw new GroundwireError("conflict", `The data folder ${folder} could not be locked.`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
