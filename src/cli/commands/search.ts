import { parseArgs } from "node:util";

import { connect } from "../connect.ts";
import { readQuery, SERVER_OPTIONS, SERVER_OPTIONS_HELP } from "../options.ts";
import { requireStore } from "../store.ts";
import { printable } from "../terminal.ts";
import { EXIT, UsageError } from "../usage.ts";

const HELP = `Finds passages without asking a model.

Usage: groundwire search --store <name or id> "words"

  --store <name or id>  where to look
  --limit <n>           most results, 1 to 50 (5)
  --filter <OData>      only files whose attributes pass: "team eq 'hr' and year ge 2024"
  --json                print the results as JSON
${SERVER_OPTIONS_HELP}

Example: groundwire search --store handbook "annual leave"
`;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      store: { type: "string" },
      limit: { type: "string", default: "5" },
      filter: { type: "string" },
      json: { type: "boolean", default: false },
      ...SERVER_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const query = readQuery(positionals, {
    store: values.store,
    missing: "What shall be looked for?",
  });
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 50)
    throw new UsageError("--limit is a number from 1 to 50.");

  await using connection = await connect(values, signal);
  const store = await requireStore(connection.client, query.store);
  const { data } = await connection.client.search(store.id, {
    query: query.text,
    max_num_results: limit,
    ...(values.filter === undefined ? {} : { filter: values.filter }),
  });
  if (values.json) {
    process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
    return EXIT.ok;
  }
  for (const [index, { filename, score, content }] of data.entries()) {
    const text = content
      .map((part) => part.text)
      .join("\n")
      .replaceAll(/\s+/gu, " ");
    process.stdout.write(
      printable(`${index + 1}. ${filename} (${score.toFixed(2)})\n   ${text.slice(0, 300)}\n`),
    );
  }
  if (data.length === 0) process.stdout.write("Nothing found.\n");
  return EXIT.ok;
}
