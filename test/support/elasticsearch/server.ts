import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Distribution, elasticsearchDistribution } from "./distribution.ts";

/** Milliseconds for everything; a download comes on top on the first run of a machine. */
export const ELASTICSEARCH_START_MS = 240_000;

export interface RealElasticsearch extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  url: string;
  /** Of the superuser, as a header. */
  authorization: string;
}

const USER = "groundwire";
const PASSWORD = "for-tests-only";
/** Elasticsearch refuses to run as root. `nobody` of Debian. */
const NOBODY = 65_534;
const HEAP = "512m";
/** Half the work of a start is compiling what runs for a minute only. */
const QUICK_START = "-XX:TieredStopAtLevel=1";

/** A real Elasticsearch of one node on a free port, with security on, gone with everything it stored when disposed. */
export async function startElasticsearch(): Promise<RealElasticsearch> {
  const distribution = await elasticsearchDistribution();
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "groundwire-elasticsearch-run-"));
  resources.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await configure(folder, distribution);
  const child = spawnServer(folder, distribution);
  const kill = (): void => killGroup(child);
  process.once("exit", kill);
  resources.defer(async () => {
    process.off("exit", kill);
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    kill();
    await ended;
  });
  const url = await listening(child);
  const authorization = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
  await green(url, authorization);
  const started = resources.move();
  return { url, authorization, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

function spawnServer(folder: string, { home, javaHome }: Distribution): ChildProcess {
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  return spawn(join(home, "bin", "elasticsearch"), {
    env: {
      PATH: process.env["PATH"],
      ES_JAVA_HOME: javaHome,
      ES_PATH_CONF: join(folder, "config"),
      ES_TMPDIR: join(folder, "tmp"),
      CLI_JAVA_OPTS: QUICK_START,
    },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: the launcher starts the server as a second process.
    detached: true,
    ...owner,
  });
}

async function configure(folder: string, { home }: Distribution): Promise<void> {
  const config = join(folder, "config");
  await cp(join(home, "config"), config, { recursive: true });
  for (const name of ["data", "logs", "tmp"]) await mkdir(join(folder, name));
  const settings = {
    "cluster.name": "groundwire-test",
    "discovery.type": "single-node",
    "network.host": "127.0.0.1",
    "http.port": 0,
    "transport.port": 0,
    "path.data": join(folder, "data"),
    "path.logs": join(folder, "logs"),
    "xpack.security.enabled": true,
    // A machine short of disk is no reason to refuse ten documents.
    "cluster.routing.allocation.disk.threshold_enabled": false,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${value}`);
  await writeFile(join(config, "elasticsearch.yml"), lines.join("\n"));
  await writeFile(
    join(config, "jvm.options.d", "heap.options"),
    `-Xms${HEAP}\n-Xmx${HEAP}\n${QUICK_START}\n`,
  );
  await writeFile(join(config, "users"), `${USER}:${PASSWORD}\n`);
  await writeFile(join(config, "users_roles"), `superuser:${USER}\n`);
  if (process.getuid?.() !== 0) return;
  const entries = await readdir(folder, { recursive: true });
  for (const path of ["", ...entries]) await chown(join(folder, path), NOBODY, NOBODY);
}

/** Its URL, once it has said that it is started. */
async function listening(child: ChildProcess): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (text: Buffer): void => {
      output += text.toString();
      const port = /HttpServerTransport.*publish_address \{127\.0\.0\.1:(\d+)\}/u.exec(output)?.[1];
      if (port !== undefined && /\] started \{/u.test(output)) resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`Elasticsearch ended with ${code}:\n${output.slice(-4_000)}`)),
    );
  });
}

async function green(url: string, authorization: string): Promise<void> {
  const path = "/_cluster/health?wait_for_status=green&timeout=30s";
  const response = await fetch(url + path, { headers: { authorization } });
  if (!response.ok) throw new Error(`Elasticsearch is not green: ${await response.text()}`);
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
