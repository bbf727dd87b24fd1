import { expect, test } from "vitest";

import type { CodeInterpreterSettings } from "../../config/settings.ts";
import type { InterpreterStatus } from "./code-interpreter.ts";
import { createCodeInterpreter } from "./create-code-interpreter.ts";
import { type RunOutcome, type Sandbox, SandboxError, type SandboxFile } from "./sandbox.ts";

const NEVER = new AbortController().signal;
const SETTINGS: CodeInterpreterSettings = {
  sandbox: "auto",
  python: "/usr/bin/python3",
  wheels: null,
  concurrency: 2,
  sessions: 4,
  queue: 2,
  idleSeconds: 60,
  limits: { seconds: 1, memoryMb: 128, diskMb: 1, processes: 4 },
};
const OUTCOME: RunOutcome = {
  stdout: "",
  stderr: "",
  result: null,
  error: null,
  files: [],
  images: [],
  truncated: { stdout: false, stderr: false, result: false },
  leftOut: [],
  imagesLeftOut: 0,
  durationMs: 1,
};

/** A sandbox whose code is a word: `end` ends the session, `hang` waits for its abort, anything else is the result. */
function standIn() {
  const seen = { probes: 0, opened: [] as SandboxFile[][], closed: 0, running: 0, most: 0 };
  let isBroken = false;
  const sandbox: Sandbox = {
    name: "python",
    async probe() {
      seen.probes++;
      return {
        works: true,
        python: "3",
        libraries: {},
        capabilities: { kernelIsolation: true, subprocesses: true, memoryWatch: true },
        walls: [],
        weaknesses: [],
      };
    },
    async open({ files }) {
      if (isBroken) throw new SandboxError("/usr/bin/bwrap is gone");
      seen.opened.push(files);
      let hasEnded = false;
      return {
        get hasEnded() {
          return hasEnded;
        },
        async run(code, signal) {
          seen.running++;
          seen.most = Math.max(seen.most, seen.running);
          await new Promise((resolve, reject) => {
            if (code === "hang") signal.addEventListener("abort", () => reject(signal.reason));
            else setImmediate(resolve);
          }).finally(() => seen.running--);
          hasEnded = code === "end";
          return { ...OUTCOME, result: code };
        },
        async close() {
          hasEnded = true;
          seen.closed++;
        },
      };
    },
  };
  return { sandbox, seen, breakDown: () => (isBroken = true) };
}

function interpreterOver({ sandbox }: ReturnType<typeof standIn>, settings = SETTINGS) {
  const statuses: InterpreterStatus[] = [];
  const interpreter = createCodeInterpreter({
    settings,
    cacheFolder: "/nowhere",
    onStatus: (status) => statuses.push(status),
    drivers: { python: () => sandbox, pyodide: () => sandbox },
  });
  const open = (tenant = "tenant", files: SandboxFile[] = []) =>
    interpreter.open({ tenant, files, signal: NEVER });
  return { interpreter, open, statuses };
}

test("nothing is tried before somebody asks, and then once", async () => {
  const fake = standIn();
  const { open, statuses } = interpreterOver(fake);
  expect(fake.seen.probes).toBe(0);
  await Promise.all([open(), open()]);
  expect(fake.seen.probes).toBe(1);
  expect(statuses).toMatchObject([{ state: "ready", sandbox: "python" }]);
  expect(fake.seen.opened).toEqual([]);
});

test("files lie in the session under names of their own, also after it had to be started again", async () => {
  const fake = standIn();
  const { open } = interpreterOver(fake);
  const bytes = Buffer.from("x");
  const session = await open("tenant", [
    { name: "a.csv", bytes },
    { name: "../a.csv", bytes },
  ]);
  expect(session.fileNames).toEqual(["a.csv", "a (2).csv"]);
  expect(await session.run("end", NEVER)).toMatchObject({ result: "end", isFresh: false });
  expect(await session.run("next", NEVER)).toMatchObject({ result: "next", isFresh: true });
  expect(await session.run("last", NEVER)).toMatchObject({ result: "last", isFresh: false });
  expect(fake.seen.opened.map((files) => files.map(({ name }) => name))).toEqual([
    ["a.csv", "a (2).csv"],
    ["a.csv", "a (2).csv"],
  ]);
});

test("runs of one session follow each other, and only so many sessions run at a time", async () => {
  const fake = standIn();
  const { open } = interpreterOver(fake, { ...SETTINGS, queue: 10 });
  const sessions = await Promise.all([open(), open(), open(), open()]);
  const runs = sessions.flatMap((session) => ["a", "b"].map((code) => session.run(code, NEVER)));
  expect((await Promise.all(runs)).map(({ result }) => result).join("")).toBe("abababab");
  expect(fake.seen.most).toBe(2);
});

test("past the places to wait a run is refused with 429", async () => {
  const { open } = interpreterOver(standIn(), { ...SETTINGS, concurrency: 1 });
  const sessions = await Promise.all([open(), open(), open(), open()]);
  const abort = new AbortController();
  const runs = sessions.map((session) => session.run("hang", abort.signal));
  await expect(runs[3]).rejects.toMatchObject({ code: "rate_limited", status: 429 });
  abort.abort(new Error("enough"));
  for (const run of runs.slice(0, 3)) await expect(run).rejects.toThrow("enough");
});

test("a session that is closed makes room for the next one", async () => {
  const fake = standIn();
  const { open } = interpreterOver(fake, { ...SETTINGS, sessions: 1 });
  const first = await open();
  await first.run("x", NEVER);
  const second = open("other");
  await first.close();
  await first.close();
  expect(fake.seen.closed).toBe(1);
  await (await second).close();
});

test("files that do not fit are refused before anything is started", async () => {
  const fake = standIn();
  const { open } = interpreterOver(fake);
  const large = { name: "large.bin", bytes: new Uint8Array(1024 * 1024 + 1) };
  await expect(open("tenant", [large])).rejects.toMatchObject({ code: "payload_too_large" });
  expect(fake.seen.probes).toBe(0);
});

test("a sandbox that has stopped working is an error, not another sandbox", async () => {
  const fake = standIn();
  const { open } = interpreterOver(fake);
  const session = await open();
  fake.breakDown();
  const error: unknown = await session.run("x", NEVER).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "code_interpreter_unavailable", status: 503 });
  expect(String(error)).not.toContain("bwrap");
});

test("switched off it says so", async () => {
  const { open, interpreter } = interpreterOver(standIn(), { ...SETTINGS, sandbox: "off" });
  expect(await interpreter.status(NEVER)).toEqual({ state: "off" });
  await expect(open()).rejects.toThrow("switched off");
});

test("closing ends every session, and whoever waits for one", async () => {
  const fake = standIn();
  const { interpreter, open } = interpreterOver(fake, { ...SETTINGS, sessions: 1 });
  await (await open()).run("x", NEVER);
  const waiting = open();
  waiting.catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  await interpreter.close();
  await expect(waiting).rejects.toMatchObject({ code: "shutting_down" });
  expect(fake.seen.closed).toBe(1);
});
