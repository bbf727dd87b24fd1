import { parseArgs } from "node:util";

import type { ChunkCitation } from "../../client/http-client.ts";
import { connect } from "../connect.ts";
import { requireStore } from "../store.ts";
import { EXIT, UsageError } from "../usage.ts";

const HELP = `Asks a store. The answer is streamed; its sources are listed below it.

Usage: groundwire ask --store <name or id> "question"

  --store <name or id>  where to look
  --model <name>        deployment that answers (groundwire)
  --json                print answer and citations as one JSON object
  --url <url>           server to ask; else the one running on the data folder
  --key <key>           its API key

Example: groundwire ask --store handbook "How many days of annual leave do I get?"
`;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      store: { type: "string" },
      model: { type: "string", default: "groundwire" },
      json: { type: "boolean", default: false },
      url: { type: "string" },
      key: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  const question = positionals.join(" ").trim();
  if (question === "") throw new UsageError("What is the question?");
  if (values.store === undefined) throw new UsageError("Which store? Name it with --store.");

  await using connection = await connect(values, signal);
  const store = await requireStore(connection.client, values.store);
  let answer = "";
  let citations: ChunkCitation[] = [];
  const chunks = connection.client.chat({
    model: values.model,
    messages: [{ role: "user", content: question }],
    data_sources: [{ type: "file_search", parameters: { vector_store_id: store.id } }],
  });
  for await (const { choices } of chunks) {
    const delta = choices[0]?.delta;
    citations = delta?.context?.citations ?? citations;
    answer += delta?.content ?? "";
    if (!values.json) process.stdout.write(delta?.content ?? "");
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ answer, citations }, null, 2)}\n`);
  else process.stdout.write(`\n${sourcesOf(answer, citations)}`);
  return EXIT.ok;
}

/** The cited sources only: `[doc1] handbook.md · Leave policy, page 6`. */
function sourcesOf(answer: string, citations: ChunkCitation[]): string {
  const lines = citations.flatMap(({ title, filepath, url }, index) => {
    const marker = `[doc${index + 1}]`;
    if (!answer.includes(marker)) return [];
    const page = /#page=(\d+)/u.exec(url ?? "")?.[1];
    const place = [
      title === filepath ? null : title,
      page === undefined ? null : `page ${page}`,
    ].filter(Boolean);
    return [`${marker} ${[filepath, place.join(", ")].filter(Boolean).join(" · ")}`];
  });
  return lines.length === 0 ? "" : `\nSources\n${lines.join("\n")}\n`;
}
