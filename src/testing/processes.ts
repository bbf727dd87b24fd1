import { readFile } from "node:fs/promises";

/** One letter, as Linux tells it; T is a process that was stopped. */
export async function stateOf(pid: number): Promise<string | undefined> {
  const [state] = await statistics(pid);
  return state;
}

/** From -20 to 19, the last of which are served last. Linux only. */
export async function nicenessOf(pid: number): Promise<number> {
  const fields = await statistics(pid);
  return Number(fields[NICENESS]);
}

/** The same of its whole session (`setsid`), which is what counts where it is told; null: it is not told. */
export async function sessionNicenessOf(pid: number): Promise<number | null> {
  const told = await readFile(`/proc/${pid}/autogroup`, "utf8").catch(() => "");
  const niceness = /nice (-?\d+)/u.exec(told)?.[1];
  return niceness === undefined ? null : Number(niceness);
}

/** Its place in `/proc/…/stat`, counted from the state. */
const NICENESS = 16;

async function statistics(pid: number): Promise<string[]> {
  const found = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name before it is in parentheses and may have any character.
  return found.slice(found.lastIndexOf(")") + 2).split(" ");
}
