import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";

import { UsageError } from "./usage.ts";

/** By what a file is recognised in a store: kept as attributes, so that filters can use the path too. */
export type Origin = {
  /** As seen from the working folder, with slashes; its end when it is longer than an attribute may be. */
  path: string;
  /** Of the content, in hexadecimal. */
  sha256: string;
};

const MAX_ATTRIBUTE_LENGTH = 512;

export async function originOf(path: string, signal: AbortSignal): Promise<Origin> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash, { signal });
  const fromHere = relative(process.cwd(), path).split(sep).join("/");
  return { path: fromHere.slice(-MAX_ATTRIBUTE_LENGTH), sha256: hash.digest("hex") };
}

/** Files as they are named, folders with all below them; hidden files and node_modules are left out. */
export async function listFiles(paths: string[]): Promise<string[]> {
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
      const isLeftOut = relative(path, inside)
        .split(sep)
        .some((name) => name.startsWith(".") || name === "node_modules");
      if (entry.isFile() && !isLeftOut) files.push(inside);
    }
  }
  return [...new Set(files)].toSorted();
}
