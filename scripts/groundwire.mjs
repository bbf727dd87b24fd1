#!/usr/bin/env node
// `npx groundwire …`: runs the command line on Node 24, which the workspace brings along for hosts with an older one.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bundled = join(root, "node_modules/.bin/node");
const isRecent = Number(process.versions.node.split(".")[0]) >= 24;
if (!isRecent && !existsSync(bundled)) {
  console.error(
    `Groundwire needs Node 24 or newer; this is ${process.version}. Run \`npm install\` in ${root} first.`,
  );
  process.exit(1);
}
const child = spawn(
  isRecent ? process.execPath : bundled,
  [join(root, "src/main.ts"), ...process.argv.slice(2)],
  {
    stdio: "inherit",
  },
);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
});
