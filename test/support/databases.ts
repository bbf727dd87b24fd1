import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A database server of its own, for one test file. */
export interface DatabaseServer extends AsyncDisposable {
  url: string;
  /** Ends it, as when its machine goes down. */
  stop(): Promise<void>;
  /** Starts it again with what it holds. */
  start(): Promise<void>;
}

const run = promisify(execFile);
const READY_MS = 30_000;

/** PostgreSQL as Debian packages it. It refuses to run as root, so root starts it as `postgres`. */
export async function startPostgres(): Promise<DatabaseServer> {
  const [binaries] = globSync("/usr/lib/postgresql/*/bin").toSorted().toReversed();
  if (binaries === undefined)
    throw new Error("These tests need PostgreSQL: apt-get install postgresql");
  const user = userInfo().uid === 0 ? await idsOf("postgres") : null;
  const folder = await mkdtemp(join(tmpdir(), "groundwire-postgres-"));
  if (user !== null) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  await run(
    join(binaries, "initdb"),
    ["-D", data, "-U", "groundwire", "--auth=trust", "--no-sync", "-E", "UTF8"],
    { ...user, cwd: folder },
  );
  const port = await freePort();
  return server({
    url: `postgres://groundwire@127.0.0.1:${port}/postgres`,
    folder,
    signal: "SIGINT",
    start: () =>
      spawn(
        join(binaries, "postgres"),
        ["-D", data, "-p", String(port), "-k", folder, "-c", "fsync=off"],
        { ...user, cwd: folder, stdio: "ignore" },
      ),
    isReady: async () => {
      const isReady = join(binaries, "pg_isready");
      await run(isReady, ["-h", "127.0.0.1", "-p", String(port), "-q"]);
    },
  });
}

/** Redis as Debian packages it; it keeps every write. */
export async function startRedis(): Promise<DatabaseServer> {
  const program = "/usr/bin/redis-server";
  if (!existsSync(program)) throw new Error("These tests need Redis: apt-get install redis-server");
  const folder = await mkdtemp(join(tmpdir(), "groundwire-redis-"));
  const port = String(await freePort());
  return server({
    url: `redis://127.0.0.1:${port}`,
    folder,
    signal: "SIGTERM",
    start: () =>
      spawn(
        program,
        ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes"],
        {
          stdio: "ignore",
        },
      ),
    isReady: async () => {
      const { stdout } = await run("redis-cli", ["-p", port, "ping"]);
      if (stdout.trim() !== "PONG") throw new Error(stdout);
    },
  });
}

interface Startable {
  url: string;
  folder: string;
  /** That ends it in order. */
  signal: NodeJS.Signals;
  start: () => ChildProcess;
  /** Rejects while it is not. */
  isReady: () => Promise<void>;
}

async function server({ url, folder, signal, start, isReady }: Startable): Promise<DatabaseServer> {
  let running: ChildProcess | null = null;

  async function begin(): Promise<void> {
    const child = start();
    running = child;
    const late = Date.now() + READY_MS;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${url} ended with ${child.exitCode}`);
      try {
        return await isReady();
      } catch (error) {
        if (Date.now() > late) throw error;
      }
    }
  }

  async function stop(): Promise<void> {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  await begin();
  return {
    url,
    start: begin,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (which) => Number((await run("id", [which, user])).stdout)),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
