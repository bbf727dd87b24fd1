import { parseArgs } from "node:util";

import type { Client } from "../../client/http-client.ts";
import type { CreatedKeyBody, CreateKeyRequest, KeyBody, KeyScope } from "../../protocol/keys.ts";
import { connect } from "../connect.ts";
import { SERVER_OPTIONS, SERVER_OPTIONS_HELP } from "../options.ts";
import { table } from "../table.ts";
import { printable } from "../terminal.ts";
import { EXIT, UsageError } from "../usage.ts";

const HELP = `Makes, lists and revokes API keys. It needs no key for the server of the data folder; with --url, one with the
scope admin.

Usage: groundwire keys create --name <name> [options]
       groundwire keys list [--all]
       groundwire keys revoke <id or name>

create
  --name <name>              what the key is for; no two living keys of a tenant share it
  --tenant <tenant>          whose documents it sees; keys of one tenant share them (the name)
  --scopes <list>            of chat, files, admin (chat,files); admin is for operators: it reaches all tenants' keys
  --mode <mode>              tolerant or strict (the server's)
  --expires <time>           12h, 90d, 8w or 1y from now (never)
  --requests-per-minute <n>  (unlimited)
  --tokens-per-minute <n>    (unlimited)
  --budget <amount>          most it may cost a month, in the currency of the prices (no end)
  --token-budget <n>         most tokens a month (no end)
  --budget-per <period>      day or month, UTC (month)
list
  --all                      revoked keys too
revoke
  --tenant <tenant>          whose key, when several tenants have one of that name
every command
  --json                     print what the server answered as JSON
${SERVER_OPTIONS_HELP.replaceAll(/^( {2}--\w+ <\w+>) {2,}/gmu, (_line, option: string) => option.padEnd(29))}

The key is printed once, alone on standard output. A server without keys is open to everybody on its machine;
the first key closes it.

Examples: groundwire keys create --name website --scopes chat --expires 90d
          KEY=$(groundwire keys create --name importer --tenant acme --scopes files)
          groundwire keys revoke website
`;

const OPTIONS = {
  name: { type: "string" },
  tenant: { type: "string" },
  scopes: { type: "string" },
  mode: { type: "string" },
  expires: { type: "string" },
  "requests-per-minute": { type: "string" },
  "tokens-per-minute": { type: "string" },
  budget: { type: "string" },
  "token-budget": { type: "string" },
  "budget-per": { type: "string" },
  all: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  ...SERVER_OPTIONS,
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const work = workOf(positionals, values);
  await using connection = await connect({ ...values, asOperator: true }, signal);
  await work(connection.client);
  return EXIT.ok;
}

/** What is to be done with the server; what is wrong in the call is told before there is one. */
function workOf([action, ...words]: string[], values: Values): (client: Client) => Promise<void> {
  const [key, surplus] = words;
  if (action === "revoke") {
    if (key === undefined || surplus !== undefined)
      throw new UsageError("Which key? Give one id or name, as `groundwire keys list` shows them.");
    return (client) => revoke(client, key, values);
  }
  if (key !== undefined) throw new UsageError(`What is '${key}'?`);
  if (action === "list") return (client) => list(client, values);
  if (action !== "create") throw new UsageError("Say what to do: create, list or revoke.");
  const request = toRequest(values);
  return (client) => create(client, request, values);
}

async function create(client: Client, request: CreateKeyRequest, { json }: Values): Promise<void> {
  const created = await client.createKey(request);
  if (json) return printJson(created);
  process.stdout.write(`${created.key}\n`);
  process.stderr.write(printable(explain(created)));
}

function explain({ id, name, tenant, scopes, expires_at, closes_server }: CreatedKeyBody): string {
  const lines = [
    `Key '${name}' (${id}) of tenant '${tenant}' for ${scopes.join(", ")}; ${expires_at === null ? "it never expires" : `expires ${dateOf(expires_at)}`}.`,
    "It is not shown again: the server keeps only its hash. Send it as `api-key: KEY` or `Authorization: Bearer KEY`.",
  ];
  if (closes_server) {
    lines.push(
      "It is the first key: until now everybody on the server's machine was let in, from now on every request needs a key.",
    );
    if (tenant !== "default") {
      lines.push(
        "What was stored without a key belongs to tenant 'default'; a key made with --tenant default sees it.",
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

async function list(client: Client, { all, json }: Values): Promise<void> {
  const keys: KeyBody[] = [];
  for await (const key of client.keys()) {
    if (all || key.revoked_at === null) keys.push(key);
  }
  if (json) return printJson(keys);
  if (keys.length === 0) {
    process.stdout.write("No keys. Make one with `groundwire keys create --name NAME`.\n");
    return;
  }
  const header = ["ID", "NAME", "TENANT", "SCOPES", "CREATED", "LAST USED", "EXPIRES", "LIMITS"];
  process.stdout.write(printable(table([header, ...keys.map(toRow)])));
}

function toRow(key: KeyBody): string[] {
  const { last_used_at, expires_at, revoked_at, requests_per_minute, tokens_per_minute } = key;
  const limits = [
    ...(requests_per_minute === null ? [] : [`${requests_per_minute} requests/min`]),
    ...(tokens_per_minute === null ? [] : [`${tokens_per_minute} tokens/min`]),
    ...budgetWords(key),
    ...(key.mode === null ? [] : [key.mode]),
    ...(revoked_at === null ? [] : [`revoked ${dateOf(revoked_at)}`]),
  ];
  return [
    key.id,
    key.name,
    key.tenant,
    key.scopes.join(","),
    dateOf(key.created_at),
    last_used_at === null ? "never" : dateOf(last_used_at),
    expires_at === null ? "never" : dateOf(expires_at),
    limits.join(", "),
  ];
}

function budgetWords({ budget }: KeyBody): string[] {
  if (budget === null) return [];
  const { amount, tokens, per } = budget;
  return [
    ...(amount === null ? [] : [`costs up to ${amount} a ${per}`]),
    ...(tokens === null ? [] : [`${tokens} tokens a ${per}`]),
  ];
}

async function revoke(client: Client, idOrName: string, values: Values): Promise<void> {
  const key = await findKey(client, idOrName, values.tenant);
  const revoked = await client.revokeKey(key.id);
  if (values.json) return printJson(revoked);
  const isOpen = revoked.opens_server
    ? "It was the last key: everybody on the server's machine is let in without one now.\n"
    : "";
  process.stdout.write(
    printable(`Key '${key.name}' (${key.id}) of tenant '${key.tenant}' is revoked.\n${isOpen}`),
  );
}

async function findKey(
  client: Client,
  idOrName: string,
  tenant: string | undefined,
): Promise<KeyBody> {
  const found: KeyBody[] = [];
  for await (const key of client.keys()) {
    const isMeant = key.id === idOrName || key.name === idOrName;
    if (isMeant && key.revoked_at === null && (tenant ?? key.tenant) === key.tenant)
      found.push(key);
  }
  const [key, ...others] = found;
  if (!key) throw new UsageError(`There is no key '${idOrName}'. See: groundwire keys list`);
  if (others.length > 0) {
    throw new UsageError(
      `There are ${found.length} keys '${idOrName}': ${found.map(({ id, tenant: owner }) => `${id} of ${owner}`).join(", ")}. Give the id.`,
    );
  }
  return key;
}

const SCOPES: readonly string[] = ["chat", "files", "admin"] satisfies KeyScope[];

function toRequest(values: Values): CreateKeyRequest {
  const { name, tenant, scopes, mode, expires } = values;
  if (name === undefined) throw new UsageError("What is the key for? Name it with --name.");
  if (mode !== undefined && mode !== "tolerant" && mode !== "strict")
    throw new UsageError("--mode is tolerant or strict.");
  const requests = wholeNumber(values, "requests-per-minute");
  const tokens = wholeNumber(values, "tokens-per-minute");
  const budget = toBudget(values);
  return {
    name,
    ...(tenant === undefined ? {} : { tenant }),
    ...(scopes === undefined ? {} : { scopes: toScopes(scopes) }),
    ...(mode === undefined ? {} : { mode }),
    ...(expires === undefined ? {} : { expires_at: nowSeconds() + secondsOf(expires) }),
    ...(requests === undefined ? {} : { requests_per_minute: requests }),
    ...(tokens === undefined ? {} : { tokens_per_minute: tokens }),
    ...(budget === undefined ? {} : { budget }),
  };
}

function toScopes(list: string): KeyScope[] {
  const scopes = list.split(",").map((scope) => scope.trim());
  if (scopes.every((scope): scope is KeyScope => SCOPES.includes(scope))) return scopes;
  throw new UsageError(`--scopes is a list of ${SCOPES.join(", ")}, separated by commas.`);
}

function wholeNumber(
  values: Values,
  option: "requests-per-minute" | "tokens-per-minute" | "token-budget",
): number | undefined {
  const text = values[option];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`--${option} is a whole number above 0.`);
}

function toBudget(values: Values): CreateKeyRequest["budget"] {
  const { budget, "budget-per": per } = values;
  const tokens = wholeNumber(values, "token-budget");
  if (per !== undefined && per !== "day" && per !== "month")
    throw new UsageError("--budget-per is day or month.");
  if (budget === undefined && tokens === undefined) {
    if (per !== undefined)
      throw new UsageError("--budget-per needs --budget or --token-budget beside it.");
    return undefined;
  }
  const amount = Number(budget ?? 0);
  if (!Number.isFinite(amount) || amount < 0 || budget === "")
    throw new UsageError("--budget is an amount of money, as 20 or 0.5.");
  return {
    ...(budget === undefined ? {} : { amount }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(per === undefined ? {} : { per }),
  };
}

const UNIT_SECONDS: Record<string, number> = {
  h: 3_600,
  d: 86_400,
  w: 7 * 86_400,
  y: 365 * 86_400,
};

function secondsOf(duration: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([hdwy])$/u.exec(duration) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit ?? ""] ?? Number.NaN);
  if (Number.isFinite(seconds)) return seconds;
  throw new UsageError("--expires is a number with h, d, w or y: 12h, 90d, 8w, 1y.");
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
