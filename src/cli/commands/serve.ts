import { parseArgs } from "node:util";

import { bannerOf } from "../../banner.ts";
import { readEnvironment, VARIABLES } from "../../config/env.ts";
import { loadSettings } from "../../config/load.ts";
import { startServer } from "../../server.ts";
import { EXIT } from "../usage.ts";

const HELP = `Starts the server and keeps it in the foreground until Ctrl-C.

Usage: groundwire serve

Example: PORT=9000 GROUNDWIRE_DATA_DIR=/srv/groundwire groundwire serve

Settings are environment variables:
${Object.entries(VARIABLES)
  .map(([name, meaning]) => `  ${name.padEnd(33)} ${meaning}`)
  .join("\n")}
`;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args, options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const { settings, warnings } = loadSettings(readEnvironment());
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const server = await startServer(settings);
  process.stdout.write(bannerOf(settings, server));
  await stopped(signal);
  await server.close();
  return EXIT.ok;
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
