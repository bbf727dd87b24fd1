// Makes a fresh clone ready to run: installs what package-lock.json says and, with `web`, builds the web application.
// Plain JavaScript without dependencies, because the first run is by whatever Node the host has.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "node_modules/.cache/groundwire-ready");
const lockFile = join(root, ".ready-lock");
const manifests = [
  "package.json",
  "package-lock.json",
  "web/package.json",
  "tools/runtime/package.json",
];
/** What the built page is made of. */
const webSources = ["web", "src/client", "src/protocol"];

const steps = [{ isDone: isInstalled, run: install }];
if (process.argv.includes("web")) steps.push({ isDone: isWebBuilt, run: buildWeb });

try {
  if (!steps.every(({ isDone }) => isDone())) {
    alone(() => {
      for (const { isDone, run } of steps) if (!isDone()) run();
    });
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp();
}

function install() {
  console.error("Installing dependencies (once, about a minute) …");
  // Development tools are part of running from source; NODE_ENV=production would leave them out.
  npm(["ci", "--include=dev", "--loglevel=error", "--no-audit", "--no-fund"]);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp());
}

function stamp() {
  const hash = createHash("sha256");
  for (const name of manifests) hash.update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

function isWebBuilt() {
  const built = join(root, "web/dist/index.html");
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  return webSources.every((folder) => newest(join(root, folder)) <= builtAt);
}

function buildWeb() {
  console.error("Building the web application …");
  npm(["run", "build", "--workspace", "web", "--silent"]);
}

function newest(folder) {
  const times = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "dist" && entry.name !== "node_modules")
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    });
  return Math.max(0, ...times);
}

/** Two starts at the same moment must not install into the same folder: the second waits for the first. */
function alone(work) {
  for (let isWaiting = false; !tryLock(); isWaiting = true) {
    if (!isWaiting)
      console.error(`Waiting for another start that installs or builds (lock: ${lockFile}) …`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** The lock of a process that is gone counts for nothing. */
function tryLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (isLockAlive()) return false;
    rmSync(lockFile, { force: true });
    return tryLock();
  }
}

function isLockAlive() {
  try {
    const holder = Number(readFileSync(lockFile, "utf8"));
    // The holder creates the file a moment before it writes its number into it.
    return holder === 0 ? Date.now() - statSync(lockFile).mtimeMs < 5000 : process.kill(holder, 0);
  } catch {
    return false;
  }
}

function npm(args) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli ? [process.execPath, [cli]] : ["npm", []];
  const { status, error } = spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status === 0) return;
  throw new Error(
    `\`npm ${args[0]}\` failed${error ? `: ${error.message}` : ""}. Mend what it says above and start again.`,
  );
}
