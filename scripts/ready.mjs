// Makes a fresh clone ready to run: installs what package-lock.json says and, with `web`, builds the web application.
// Plain JavaScript without dependencies, because the first run is by whatever Node the host has.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, "node_modules/.cache/groundwire-ready");
const manifests = [
  "package.json",
  "package-lock.json",
  "web/package.json",
  "tools/runtime/package.json",
];

install();
if (process.argv.includes("web")) buildWeb();

function install() {
  const hash = createHash("sha256");
  for (const name of manifests) hash.update(readFileSync(join(root, name)));
  const stamp = hash.digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  console.error("Installing dependencies (once, about 20 seconds) …");
  // Development tools are part of running from source; NODE_ENV=production would leave them out.
  npm(["ci", "--include=dev", "--loglevel=error", "--no-audit", "--no-fund"]);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

function buildWeb() {
  const built = join(root, "web/dist/index.html");
  if (
    existsSync(built) &&
    statSync(built).mtimeMs >= newest(join(root, "web")) &&
    statSync(built).mtimeMs >= newest(join(root, "src/client"))
  )
    return;
  console.error("Building the web application …");
  npm(["run", "build", "--workspace", "web", "--silent"]);
}

function newest(folder) {
  if (!existsSync(folder)) return 0;
  const times = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "dist" && entry.name !== "node_modules")
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    });
  return Math.max(0, ...times);
}

function npm(args) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli ? [process.execPath, [cli]] : ["npm", []];
  const { status, error } = spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status === 0) return;
  console.error(
    `\`npm ${args[0]}\` failed${error ? `: ${error.message}` : ""}. Mend what it says above and start again.`,
  );
  process.exit(status ?? 1);
}
