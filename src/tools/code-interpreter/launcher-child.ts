/**
 * Starts processes for the server and hands their streams over. The kernel copies the page tables of whoever starts a
 * process: in a server of half a gigabyte that takes some fifty milliseconds, in which nobody else is served.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

import { signalProcess } from "./process-tree.ts";

/** How a session's process is started: see `sandbox-process.ts`. */
export interface LaunchRequest {
  id: number;
  program: string;
  args: string[];
  user: { uid: number; gid: number } | null;
  /** What it reads from descriptors 7, 8, …, to their end. */
  inputs: Uint8Array[];
}

/** Those that are handed over, by their descriptors. */
const HANDED_OVER = { requests: 3, responses: 4, stdout: 5, stderr: 6 } as const;
export type StreamName = keyof typeof HANDED_OVER;

/** With a `stream` comes the stream itself; nothing of a process is held here any longer when it is `started`. */
export type LaunchMessage =
  | { type: "stream"; id: number; name: StreamName }
  | { type: "started"; id: number; pid: number }
  | { type: "log"; id: number; text: string }
  | { type: "ended"; id: number; how: string };

const LOG = 2;
/** Descriptors 2 to 6. */
const OWN_PIPES = ["pipe", "pipe", "pipe", "pipe", "pipe"] as const;
const FIRST_INPUT = 7;
const LOG_GRACE_MS = 500;

function main(): void {
  /** Process groups, by the process that leads them. */
  const running = new Set<number>();
  // A Ctrl-C or a service manager signals every process of the group; the server decides when this one ends.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
  // With the server everything ends.
  process.on("disconnect", () => {
    for (const pid of running) signalProcess(-pid, "SIGKILL");
    process.exit();
  });
  process.on("message", (request: LaunchRequest) => {
    try {
      const child = launch(request);
      const { pid } = child;
      if (pid === undefined) return;
      running.add(pid);
      child.on("exit", () => running.delete(pid));
    } catch (error) {
      // Too many files are open, for one.
      send({ type: "ended", id: request.id, how: String(error) });
    }
  });
}

function launch({ id, program, args, user, inputs }: LaunchRequest): ChildProcess {
  const child = spawn(program, args, {
    cwd: "/",
    // Nothing of the server's: what code may see is in the arguments.
    env: {},
    stdio: ["ignore", "ignore", ...OWN_PIPES, ...inputs.map(() => "pipe" as const)],
    // A process group of its own: one signal ends all of it, and none from the terminal reaches it.
    detached: true,
    ...user,
  });
  report(child, id);
  if (child.pid === undefined) return child;
  for (const stream of child.stdio) stream?.on("error", () => undefined);
  for (const [index, bytes] of inputs.entries()) socketAt(child, FIRST_INPUT + index).end(bytes);
  // What is read here is lost: the process writes nothing, nor does it end, before the other side has them all.
  for (const [name, descriptor] of Object.entries(HANDED_OVER)) {
    // The names are those of the object.
    send({ type: "stream", id, name: name as StreamName }, socketAt(child, descriptor));
  }
  // Node sends it when the last stream has been taken and is closed here.
  send({ type: "started", id, pid: child.pid });
  return child;
}

/** Hands on what the process says of itself, and how it ends. */
function report(child: ChildProcess, id: number): void {
  const log = socketAt(child, LOG);
  log.on("data", (chunk: Buffer) => send({ type: "log", id, text: chunk.toString() }));
  child.on("error", (error) => send({ type: "ended", id, how: error.message }));
  child.on("exit", (code, signal) => {
    const how = `ended with ${signal ?? `code ${code}`}`;
    const end = (): void => {
      clearTimeout(late);
      log.off("close", end);
      send({ type: "ended", id, how });
    };
    const late = setTimeout(end, LOG_GRACE_MS);
    if (log.closed) end();
    else log.on("close", end);
  });
}

/** As `stdio` above makes them; the types only know three streams, and not that these are sockets. */
function socketAt(child: ChildProcess, descriptor: number): Socket {
  return child.stdio[descriptor] as Socket;
}

function send(message: LaunchMessage, socket?: Socket): void {
  process.send?.(message, socket);
}

main();
