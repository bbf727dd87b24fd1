import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";

import type { LaunchMessage, LaunchRequest, StreamName } from "./launcher-child.ts";
import { signalProcess } from "./process-tree.ts";
import { SandboxError } from "./sandbox.ts";
import {
  behindOthers,
  controlsOf,
  type SandboxCommand,
  type SandboxProcess,
  START_LINE,
} from "./sandbox-process.ts";

/** Starts the processes of sessions from a small process of its own, so that the server goes on meanwhile. */
export interface Launcher {
  /** @throws SandboxError when the process cannot be started. */
  start(command: SandboxCommand): Promise<SandboxProcess>;
  /** Ends everything that was started. */
  close(): void;
}

/** The small process, and what it has started. */
interface Starter {
  child: ChildProcess;
  launched: Map<number, Launched>;
}

/** One process that was asked for, as far as is known of it. */
interface Launched {
  pid: number | null;
  streams: Partial<Streams>;
  said: string;
  started: PromiseWithResolvers<{ pid: number; streams: Streams }>;
  ended: PromiseWithResolvers<string>;
}

type Streams = Record<StreamName, Socket>;

const MOST_MEMORY_MB = 64;
const MOST_SAID = 2_000;
/** A stream that somebody else holds open is not waited for. */
const DRAIN_GRACE_MS = 500;

/** The small process is started when it is first needed, and again when it has ended. */
export function createLauncher(): Launcher {
  let starter: Starter | null = null;
  let lastId = 0;

  return {
    async start(command) {
      if (starter?.child.connected !== true) starter = startStarter();
      const from = starter;
      const id = ++lastId;
      const known: Launched = {
        pid: null,
        streams: {},
        said: "",
        started: Promise.withResolvers(),
        ended: Promise.withResolvers(),
      };
      from.launched.set(id, known);
      from.child.channel?.ref();
      const { user, inputs } = command;
      const request: LaunchRequest = { id, ...behindOthers(command), user, inputs };
      from.child.send(request, (error) => {
        if (error !== null) finish(from, id, error.message);
      });
      const { pid, streams } = await known.started.promise;
      streams.requests.write(START_LINE);
      const outputs = [streams.responses, streams.stdout, streams.stderr];
      const ended = drained(known.ended.promise, outputs);
      return { pid, ...streams, said: () => known.said, ended, ...controlsOf(pid, ended) };
    },
    close() {
      starter?.child.kill("SIGKILL");
    },
  };
}

function startStarter(): Starter {
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const child = fork(new URL(`./launcher-child.${suffix}`, import.meta.url), {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${MOST_MEMORY_MB}`],
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const starter: Starter = { child, launched: new Map() };
  // With a `stream` comes a socket, with the others nothing.
  child.on("message", (message: LaunchMessage, handle) =>
    receive(starter, message, handle as Socket | undefined),
  );
  child.on("error", () => undefined);
  child.on("disconnect", () => {
    for (const [id, { pid }] of starter.launched) {
      if (pid !== null) signalProcess(-pid, "SIGKILL");
      finish(starter, id, "the process that starts others has ended");
    }
  });
  // It ends with the server, which waits for it only as long as something it has started is there.
  child.unref();
  return starter;
}

function receive(starter: Starter, message: LaunchMessage, socket: Socket | undefined): void {
  const known = starter.launched.get(message.id);
  if (known === undefined) return;
  switch (message.type) {
    case "stream":
      // A broken pipe is told by the end of the process.
      socket?.on("error", () => undefined);
      if (socket !== undefined) known.streams[message.name] = socket;
      break;
    case "started": {
      const { pid } = message;
      const { streams } = known;
      known.pid = pid;
      if (isComplete(streams)) known.started.resolve({ pid, streams });
      else {
        // Too many files are open here, for one.
        signalProcess(-pid, "SIGKILL");
        known.started.reject(new SandboxError("its streams could not be taken"));
      }
      break;
    }
    case "log":
      known.said = (known.said + message.text).slice(0, MOST_SAID);
      break;
    case "ended":
      finish(starter, message.id, message.how);
  }
}

function isComplete(streams: Partial<Streams>): streams is Streams {
  const { requests, responses, stdout, stderr } = streams;
  return [requests, responses, stdout, stderr].every((stream) => stream !== undefined);
}

function finish({ child, launched }: Starter, id: number, how: string): void {
  const known = launched.get(id);
  launched.delete(id);
  if (launched.size === 0) child.channel?.unref();
  known?.started.reject(new SandboxError(how));
  known?.ended.resolve(how);
}

/** What a process has written before its end is read to its end first. */
async function drained(ended: Promise<string>, streams: Socket[]): Promise<string> {
  const closed = Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.on("close", () => resolve()))),
  );
  const how = await ended;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const grace = setTimeout(resolve, DRAIN_GRACE_MS);
  await Promise.race([closed, late]);
  clearTimeout(grace);
  return how;
}
