import { parseArgs } from "node:util";

import { bannerOf } from "../../banner.ts";
import { readEnvironment, VARIABLES } from "../../config/env.ts";
import { loadSettings } from "../../config/load.ts";
import { startServer } from "../../server.ts";
import { EXIT } from "../usage.ts";

const HELP = `Starts the server and keeps it in the foreground until Ctrl-C.

Usage: groundwire serve

Settings are environment variables:
${Object.entries(VARIABLES)
  .map(([name, meaning]) => `  ${name.padEnd(33)} ${meaning}`)
  .join("\n")}
`;

/** npm passes a Ctrl-C on once more, within milliseconds: only a later one means "now". */
const SECOND_SIGNAL_MS = 500;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const { settings, warnings } = loadSettings(readEnvironment());
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const stop = stopSignal();
  const server = await startServer(settings);
  process.stdout.write(bannerOf(settings, server.url));
  await stop;
  await server.close();
  return EXIT.ok;
}

/** Resolves at the first SIGINT or SIGTERM; a second one, not merely repeated, ends the process at once. */
function stopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let first: number | null = null;
  const onSignal = (): void => {
    first ??= performance.now();
    if (performance.now() - first > SECOND_SIGNAL_MS) process.exit(EXIT.interrupted);
    resolve();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return promise;
}
