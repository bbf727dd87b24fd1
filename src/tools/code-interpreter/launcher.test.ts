import { readdir, readFile } from "node:fs/promises";
import { getPriority } from "node:os";

import { afterAll, expect, test } from "vitest";

import { createLauncher } from "./launcher.ts";
import { nicenessOf, sessionNicenessOf } from "../../testing/processes.ts";
import { processTree } from "./process-tree.ts";
import { SandboxError } from "./sandbox.ts";
import type { SandboxCommand, SandboxProcess } from "./sandbox-process.ts";

const launcher = createLauncher();
afterAll(() => launcher.close());

const shell = (script: string, inputs: Uint8Array[] = []): SandboxCommand => ({
  program: "/bin/sh",
  args: ["-c", script],
  inputs,
  user: null,
  processorSeconds: 33,
  runtimeMb: 0,
});

async function textOf(stream: SandboxProcess["stdout"]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

test("what goes through the streams arrives whole, and what is said around them is kept", async () => {
  const child = await launcher.start(
    shell("cat <&3 >&4; cat <&7 >&5; echo err >&6; echo beside >&2; exit 3", [Buffer.from("in")]),
  );
  const sent = "é".repeat(500_000);
  child.requests.end(sent);
  const [responses, stdout, stderr, how] = await Promise.all([
    textOf(child.responses),
    textOf(child.stdout),
    textOf(child.stderr),
    child.ended,
  ]);
  expect(responses === sent).toBe(true);
  expect({ stdout, stderr, said: child.said() }).toEqual({
    stdout: "in",
    stderr: "err\n",
    said: "beside\n",
  });
  expect(how).toBe("ended with code 3");
});

test("a program that is not there is told by its end", async () => {
  const child = await launcher.start({ ...shell(""), program: "/nowhere/program" });
  expect(await child.ended).toBe("ended with code 127");
  expect(child.said()).toContain("/nowhere/program");
});

test("a command that no process can be given is an error", async () => {
  await expect(launcher.start(shell("true\0"))).rejects.toBeInstanceOf(SandboxError);
});

test("many at a time leave no file open and no process behind", async () => {
  // The process that starts others is there.
  await (
    await launcher.start(shell("true"))
  ).ended;
  const atRest = [processTree(process.pid), await openFiles()];
  const children = await Promise.all(
    Array.from({ length: 20 }, () => launcher.start(shell("read line <&3; echo $line >&4"))),
  );
  const answers = children.map(async (child, index) => {
    child.requests.write(`${index}\n`);
    return textOf(child.responses);
  });
  expect(await Promise.all(answers)).toEqual(children.map((_child, index) => `${index}\n`));
  await Promise.all(children.map((child) => child.ended));
  await expect.poll(async () => [processTree(process.pid), await openFiles()]).toEqual(atRest);
});

test("when the process that starts others dies so do they, and the next is started by another", async () => {
  const child = await launcher.start(shell("read line <&3"));
  const [, starter] = processTree(process.pid);
  process.kill(starter ?? 0, "SIGKILL");
  expect(await child.ended).toBe("the process that starts others has ended");
  await expect.poll(() => isRunning(child.pid)).toBe(false);
  expect(await (await launcher.start(shell("exit 0"))).ended).toBe("ended with code 0");
});

test("a process stands behind the server, with a limit of processor time", async () => {
  const child = await launcher.start(shell("read line <&3"));
  const read = (name: string): Promise<string> => readFile(`/proc/${child.pid}/${name}`, "utf8");
  await expect.poll(() => read("cmdline")).toMatch(/^\/bin\/sh\0-c\0read line/u);
  expect(await read("limits")).toMatch(/^Max cpu time +33 +33 /mu);
  expect(await read("limits")).toMatch(/^Max core file size +0 +0 /mu);
  expect(await read("oom_score_adj")).toBe("1000\n");
  expect(await nicenessOf(child.pid)).toBe(Math.min(getPriority() + 5, 19));
  expect([5, null]).toContain(await sessionNicenessOf(child.pid));
  await child.kill();
});

async function openFiles(): Promise<number> {
  return (await readdir("/proc/self/fd")).length;
}

/** One that has ended may still be listed, as Z, until somebody asks how. */
async function isRunning(pid: number): Promise<boolean> {
  const found = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return found !== "" && !/\) Z/u.test(found);
}
