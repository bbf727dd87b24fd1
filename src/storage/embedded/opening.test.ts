import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, expect, it } from "vitest";

import { CATALOGUE_MIGRATIONS } from "./catalogue/schema.ts";
import { openEmbeddedStorage } from "./embedded.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "groundwire-opening-"));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

it("gives a folder to one storage at a time and names who holds it", async () => {
  const first = await openEmbeddedStorage({ dataDir });
  await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(`process ${process.pid}`),
  });
  await first.close();
  await (await openEmbeddedStorage({ dataDir })).close();
});

it("gets the folder of a process that was killed, although another one now has its number", async () => {
  const script = join(dataDir, "hold.mjs");
  await writeFile(
    script,
    `const { openEmbeddedStorage } = await import(${JSON.stringify(new URL("./embedded.ts", import.meta.url).href)});
     await openEmbeddedStorage({ dataDir: ${JSON.stringify(dataDir)} });
     process.kill(process.pid, "SIGKILL");`,
  );
  const killedBy = new Promise((resolve) => {
    execFile(process.execPath, [script], (error) => resolve(error?.signal));
  });
  expect(await killedBy).toBe("SIGKILL");
  // This process is alive.
  await writeFile(join(dataDir, "lock.holder"), `process ${process.pid} on here`);
  await (await openEmbeddedStorage({ dataDir })).close();
});

it("says so when the data is of a newer version, and lets go of the folder", async () => {
  await (await openEmbeddedStorage({ dataDir })).close();
  const setVersion = (version: number): void => {
    using database = new DatabaseSync(join(dataDir, "catalogue.sqlite"));
    database.exec(`PRAGMA user_version = ${version}`);
  };
  setVersion(999);
  await expect(openEmbeddedStorage({ dataDir })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("newer version"),
  });
  setVersion(CATALOGUE_MIGRATIONS.length);
  await (await openEmbeddedStorage({ dataDir })).close();
});

it("says so when the catalogue is no database, and lets go of the folder", async () => {
  await writeFile(join(dataDir, "catalogue.sqlite"), "this is no database ".repeat(500));
  await expect(openEmbeddedStorage({ dataDir })).rejects.toThrow("not a database");
  await rm(join(dataDir, "catalogue.sqlite"));
  await (await openEmbeddedStorage({ dataDir })).close();
});

it("can be closed twice and leaves no log of the database behind", async () => {
  const storage = await openEmbeddedStorage({ dataDir });
  await Promise.all([storage.close(), storage.close()]);
  expect((await readdir(dataDir)).toSorted()).toEqual([
    "catalogue.sqlite",
    "files",
    "lock.sqlite",
    "stores",
  ]);
});
