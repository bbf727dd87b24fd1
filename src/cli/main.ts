import { ClientError } from "../client/http-client.ts";
import { ConfigurationError } from "../config/configuration-error.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { stopSignal } from "./stop-signal.ts";
import { endWithReader, printable } from "./terminal.ts";
import { EXIT, UsageError } from "./usage.ts";

interface Command {
  summary: string;
  load: () => Promise<{ run: (args: string[], signal: AbortSignal) => Promise<number> }>;
}

const COMMANDS: Record<string, Command> = {
  serve: { summary: "start the server", load: () => import("./commands/serve.ts") },
  ingest: { summary: "put documents into a store", load: () => import("./commands/ingest.ts") },
  ask: { summary: "ask a store and see the sources", load: () => import("./commands/ask.ts") },
  search: { summary: "find passages in a store", load: () => import("./commands/search.ts") },
  eval: {
    summary: "measure answers to your own questions",
    load: () => import("./commands/eval.ts"),
  },
  mcp: { summary: "offer documents to an agent", load: () => import("./commands/mcp.ts") },
  doctor: {
    summary: "find out what is broken, and what to do",
    load: () => import("./commands/doctor.ts"),
  },
  keys: { summary: "make, list and revoke API keys", load: () => import("./commands/keys.ts") },
};

const HELP = `Groundwire answers questions from your own documents, with citations.

Usage: groundwire <command> [options]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`)
  .join("\n")}

groundwire <command> --help says more about a command.
`;

/** Runs one command; answers the exit code. Never throws. */
export async function runCli(args: string[]): Promise<number> {
  const [name = "--help", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const asked = name === "--help" || name === "-h" || name === "help";
    (asked ? process.stdout : process.stderr).write(
      asked ? HELP : `There is no command '${name}'.\n\n${HELP}`,
    );
    return asked ? EXIT.ok : EXIT.usage;
  }
  // Before anything is announced, so that whoever reads it can stop it.
  const signal = stopSignal();
  endWithReader();
  try {
    const { run } = await command.load();
    return await run(rest, signal);
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    return explain(error, name);
  }
}

function explain(error: unknown, command: string): number {
  const wasCalledWrongly =
    error instanceof UsageError ||
    (error instanceof TypeError &&
      "code" in error &&
      String(error.code).startsWith("ERR_PARSE_ARGS"));
  if (wasCalledWrongly) {
    process.stderr.write(`${error.message}\nSee: groundwire ${command} --help\n`);
    return EXIT.usage;
  }
  const isOurs =
    error instanceof ClientError ||
    error instanceof ConfigurationError ||
    error instanceof GroundwireError;
  if (isOurs) process.stderr.write(`${printable(error.message)}\n${adviceOn(error)}`);
  else if (isSystemError(error)) process.stderr.write(`${explainSystemError(error)}\n`);
  else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.failed;
}

/** What only the command line knows about an answer of the server. */
function adviceOn(error: Error): string {
  return error instanceof ClientError && error.status === 401
    ? "Give your key with --key or GROUNDWIRE_API_KEY. Whoever runs the server makes one with `groundwire keys create`.\n"
    : "";
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function explainSystemError(error: NodeJS.ErrnoException): string {
  if (error.code === "EADDRINUSE")
    return `${error.message}: another program listens there. Set PORT to a free one.`;
  return error.message;
}
