import { lstat, readlink, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import type { Launcher } from "./launcher.ts";
import { WORK_FOLDER } from "./sandbox.ts";
import { FIRST_INPUT, type SandboxCommand } from "./sandbox-process.ts";
import { seccompProgram } from "./seccomp.ts";

const PLACES = ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"];
/**
 * Name spaces, no way to make others, no rights in them, and an end with the server's own. The user is anybody. No session of
 * its own (`--new-session`): the launcher has begun one, without a terminal, and another would not have its priority.
 */
const WALLED_OFF =
  "--unshare-user --unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-cgroup-try --disable-userns --cap-drop ALL --uid 1000 --gid 1000 --hostname sandbox --die-with-parent --clearenv".split(
    " ",
  );
const DEVICES = ["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"];
const TEMPORARY_MB = 32;
const MEBIBYTE = 1024 * 1024;

const WALLS = [
  "name spaces of its own for users, processes, network, IPC, host name and control groups (bubblewrap)",
  "a read-only file system with the runtime only; work folders in memory, of limited size",
];
const FILTER_WALL =
  "a seccomp filter: no sockets but local ones, no name spaces, no tracing, no shared memory";

/** What is run inside, and what of the host it can read. */
export interface Contained {
  program: string;
  args: string[];
  env: Record<string, string>;
  /** Files and folders it reads, at the same place; those that are not there are left out. */
  readable: string[];
  /** Files that are written for it, by their path. */
  given: Record<string, Buffer>;
  /** Size of its work folder, in MiB. */
  diskMb: number;
  /** Whom it runs as outside of its name space; null: as the server. */
  user: SandboxCommand["user"];
  processorSeconds: number;
  runtimeMb: number;
}

/** What stands around a process that `containedCommand` starts. */
export function bubblewrapWalls(): string[] {
  return seccompProgram() === null ? WALLS : [...WALLS, FILTER_WALL];
}

/** Path of `bwrap`, or why it is of no use here: containers often refuse what it needs, so it is tried. */
export async function tryBubblewrap(
  launcher: Launcher,
): Promise<{ bubblewrap: string; reason: null } | { bubblewrap: null; reason: string }> {
  const bubblewrap = await findBubblewrap();
  if (bubblewrap === null) return { bubblewrap, reason: "bubblewrap (bwrap) is not installed" };
  const command = await containedCommand(bubblewrap, {
    program: process.execPath,
    args: ["--version"],
    env: {},
    readable: [process.execPath, ...(await libraryFolders())],
    given: {},
    diskMb: 1,
    user: null,
    processorSeconds: 10,
    runtimeMb: 0,
  });
  const child = await launcher.start(command);
  const how = await child.ended;
  if (how === "ended with code 0") return { bubblewrap, reason: null };
  return { bubblewrap: null, reason: child.said().trim() || how };
}

/** Path of `bwrap`; null when it is not installed. */
export async function findBubblewrap(): Promise<string | null> {
  for (const path of PLACES) {
    if (await exists(path)) return path;
  }
  return null;
}

/** A command that runs the program with nothing around it but what it needs to run. */
export async function containedCommand(
  bubblewrap: string,
  { program, args, env, readable, given, diskMb, ...rest }: Contained,
): Promise<SandboxCommand> {
  const filter = seccompProgram();
  const inputs = [...(filter === null ? [] : [filter]), ...Object.values(given)];
  const descriptorOf = (input: Buffer): string => String(FIRST_INPUT + inputs.indexOf(input));
  return {
    program: bubblewrap,
    args: [
      ...WALLED_OFF,
      ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
      // Everything writable has a size; what bubblewrap itself makes on the way is closed at the end.
      ...memoryFolder("/dev", 1),
      ...DEVICES.flatMap((path) => ["--dev-bind", path, path]),
      ...memoryFolder(WORK_FOLDER, diskMb),
      ...memoryFolder("/tmp", TEMPORARY_MB),
      ...(await systemFolders()),
      ...readable.flatMap((path) => ["--ro-bind-try", path, path]),
      ...Object.entries(given).flatMap(([path, bytes]) => givenFile(path, descriptorOf(bytes))),
      ...closed("/dev"),
      ...closed("/"),
      ...(filter === null ? [] : ["--seccomp", descriptorOf(filter)]),
      "--chdir",
      WORK_FOLDER,
      "--",
      program,
      ...args,
    ],
    inputs,
    ...rest,
  };
}

function memoryFolder(path: string, megabytes: number): string[] {
  return ["--size", String(megabytes * MEBIBYTE), "--tmpfs", path];
}

function givenFile(path: string, descriptor: string): string[] {
  return ["--perms", "0444", "--ro-bind-data", descriptor, path];
}

function closed(path: string): string[] {
  return ["--remount-ro", path];
}

/** Where the loader and the C library look: folders, or links as most systems have them. */
async function systemFolders(): Promise<string[]> {
  const found = await Promise.all(
    ["/lib", "/lib64", "/usr/lib64"].map(async (path) => {
      const info = await lstat(path).catch(() => null);
      if (info?.isSymbolicLink() === true) return ["--symlink", await readlink(path), path];
      return info === null ? [] : ["--ro-bind", path, path];
    }),
  );
  return [...found.flat(), "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"];
}

/** Shared libraries: the folder for this processor on Debian and its kin, all of `/usr/lib` elsewhere. */
export async function libraryFolders(): Promise<string[]> {
  const processor = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  const folder = `/usr/lib/${processor}-linux-gnu`;
  return [(await exists(folder)) ? folder : "/usr/lib"];
}

/** Whom a server that runs as root starts sandboxes as: limits of processes do not bind root. Null: as itself. */
export function unprivilegedUser(): SandboxCommand["user"] {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;
}

/** A path with the files its links lead over. */
export async function withLinks(path: string): Promise<string[]> {
  const info = await lstat(path).catch(() => null);
  if (info?.isSymbolicLink() !== true) return [path];
  const target = resolve(dirname(path), await readlink(path));
  return [path, ...(await withLinks(target))];
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
