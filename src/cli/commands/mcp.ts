import { parseArgs } from "node:util";

import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import {
  ErrorCode,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  InitializeResultSchema,
  type JSONRPCMessage,
} from "@modelcontextprotocol/sdk/types.js";

import { connect } from "../connect.ts";
import { SERVER_OPTIONS, SERVER_OPTIONS_HELP } from "../options.ts";
import { requireStore } from "../store.ts";
import { EXIT } from "../usage.ts";

const HELP = `Offers the tools 'search' and 'fetch' to an agent, by the Model Context Protocol over standard input and output.

Usage: groundwire mcp [--store <name or id>]... [--source <name>]...

  --store <name or id>  a vector store to search; may be given several times
  --source <name>       a source of groundwire.yaml to search; may be given several times
                        with neither, everything the key may see is searched
${SERVER_OPTIONS_HELP}

Example, for the configuration of an agent:
  { "mcpServers": { "documents": { "command": "npx", "args": ["groundwire", "mcp", "--store", "handbook"] } } }
`;

export async function run(args: string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      store: { type: "string", multiple: true, default: [] },
      source: { type: "string", multiple: true, default: [] },
      ...SERVER_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  await using connection = await connect(values, signal);
  const address = new URL(`${connection.url}/mcp`);
  for (const name of values.store) {
    const { id } = await requireStore(connection.client, name);
    address.searchParams.append("store", id);
  }
  for (const name of values.source) address.searchParams.append("source", name);
  const headers: Record<string, string> =
    connection.key === undefined ? {} : { "api-key": connection.key };
  await relay(
    new StdioServerTransport(),
    new StreamableHTTPClientTransport(address, { requestInit: { headers } }),
    signal,
  );
  return EXIT.ok;
}

/** Hands messages on until there is no more input. */
async function relay(
  agent: StdioServerTransport,
  server: StreamableHTTPClientTransport,
  signal: AbortSignal,
): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const underway = new Set<Promise<void>>();
  server.onmessage = (message) => {
    noteVersion(server, message);
    void agent.send(message);
  };
  agent.onmessage = (message) => {
    const sent = server
      .send(message)
      .catch((error: unknown) => refuse(agent, { message, error }))
      .finally(() => underway.delete(sent));
    underway.add(sent);
  };
  agent.onclose = end;
  process.stdin.once("end", end);
  signal.addEventListener("abort", () => end(), { once: true });
  await server.start();
  await agent.start();
  await ended;
  if (!signal.aborted) await Promise.all(underway);
  await server.close();
  await agent.close();
}

/** Over HTTP every message after the first says which version was agreed upon. */
function noteVersion(server: StreamableHTTPClientTransport, message: JSONRPCMessage): void {
  if (!isJSONRPCResultResponse(message)) return;
  const initialized = InitializeResultSchema.safeParse(message.result);
  if (initialized.success) server.setProtocolVersion(initialized.data.protocolVersion);
}

/** The server has not taken it: whoever waits for an answer is told. */
async function refuse(
  agent: StdioServerTransport,
  { message, error }: { message: JSONRPCMessage; error: unknown },
): Promise<void> {
  const text = error instanceof Error ? error.message : String(error);
  if (!isJSONRPCRequest(message)) {
    process.stderr.write(`${text}\n`);
    return;
  }
  await agent.send({
    jsonrpc: "2.0",
    id: message.id,
    error: { code: ErrorCode.InternalError, message: text },
  });
}
