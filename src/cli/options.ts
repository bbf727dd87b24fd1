import { UsageError } from "./usage.ts";

/** Options of every command that talks to a server. */
export const SERVER_OPTIONS = {
  url: { type: "string" },
  key: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

export const SERVER_OPTIONS_HELP = `  --url <url>           server to use; else the one running on the data folder
  --key <key>           its API key`;

/** The words after the options and the store they are for; both are needed. */
export function readQuery(
  words: string[],
  { store, missing }: { store: string | undefined; missing: string },
): { text: string; store: string } {
  const text = words.join(" ").trim();
  if (text === "") throw new UsageError(missing);
  if (store === undefined) throw new UsageError("Which store? Name it with --store.");
  return { text, store };
}
