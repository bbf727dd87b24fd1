import { access, constants, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { GroundwireError } from "../protocol/errors.ts";
import { describeStatus } from "../tools/code-interpreter/choose-sandbox.ts";
import type {
  CodeInterpreter,
  InterpreterStatus,
} from "../tools/code-interpreter/code-interpreter.ts";
import type { Checklist, Finding } from "./checklist.ts";

export interface MachineCheck {
  dataDir: string;
  codeInterpreter: Pick<CodeInterpreter, "status">;
  signal: AbortSignal;
}

const MEBIBYTE = 1024 * 1024;
/** Below it an upload or the log of a database may not fit. */
const LITTLE_SPACE = 1024 * MEBIBYTE;
const NO_SPACE = 64 * MEBIBYTE;

/** What a server needs of its machine: a folder it may write, room in it, and a place for code of models. */
export async function checkMachine(
  list: Checklist,
  { dataDir, codeInterpreter, signal }: MachineCheck,
): Promise<void> {
  await list.run(
    "storage",
    () => tryWriting(dataDir),
    (finding) => finding,
  );
  await list.run(
    "disk",
    () => freeSpace(dataDir),
    (finding) => finding,
  );
  await list.run("code_interpreter", () => codeInterpreter.status(signal), sandboxOf);
}

async function tryWriting(dataDir: string): Promise<Finding> {
  const folder = await nearestFolder(dataDir);
  try {
    if (folder !== dataDir) {
      await access(folder, constants.W_OK | constants.X_OK);
      return { detail: `${dataDir} is not there yet; a server makes it` };
    }
    const file = join(dataDir, `doctor-${process.pid}.tmp`);
    await writeFile(file, "");
    await rm(file, { force: true });
    return { detail: `${dataDir} can be written` };
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new GroundwireError("internal", `${folder} cannot be written${code}.`, {
      advice: "Give the user of this server the right to write there, or set GROUNDWIRE_DATA_DIR.",
      cause,
    });
  }
}

/** The folder itself or, when it is not there, the one in which it would be made. */
async function nearestFolder(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function freeSpace(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestFolder(dataDir));
  const free = bavail * bsize;
  const detail = `${(free / (1024 * MEBIBYTE)).toFixed(1)} GiB free`;
  if (free >= LITTLE_SPACE) return { detail };
  return {
    status: free < NO_SPACE ? "failed" : "warning",
    detail,
    nextStep: "Make room on that disk, or move GROUNDWIRE_DATA_DIR to a larger one.",
  };
}

function sandboxOf(status: InterpreterStatus): Finding {
  const detail = describeStatus(status).join("\n");
  switch (status.state) {
    case "off":
      return { status: "skipped", detail };
    case "ready":
      return { detail };
    case "broken":
      return {
        status: "warning",
        detail,
        nextStep:
          "Mend what the reason names, or set GROUNDWIRE_CODE_INTERPRETER=off if no code is to run.",
      };
  }
}
