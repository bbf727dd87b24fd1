import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import packageJson from "../../../package.json" with { type: "json" };
import { toGroundwireError } from "../../protocol/errors.ts";
import { fetchArguments, fetchResult, searchArguments, searchResult } from "../../protocol/mcp.ts";
import { fetchDocument } from "./fetch-document.ts";
import { namesOf, toldNames } from "./places.ts";
import { searchDocuments, type SearchContext } from "./search-documents.ts";

/** They look, and change nothing. */
const ANNOTATIONS = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

/** The tools as one caller has them. */
export async function createMcpServer(context: SearchContext): Promise<McpServer> {
  // Takes a fifth of a second to load.
  const { McpServer: Server } = await import("@modelcontextprotocol/sdk/server/mcp.js");
  const server = new Server(
    { name: "groundwire", title: "Groundwire", version: packageJson.version },
    {
      capabilities: { tools: {} },
      instructions:
        "Documents of this organisation. Search first; fetch a result when its passages are not enough. Cite documents by title and url.",
    },
  );
  const names = namesOf(context.places);
  server.registerTool(
    "search",
    {
      title: "Search documents",
      description: `Finds passages of documents that answer a question. ${names.length === 0 ? "There is nothing to search yet." : `Searched are: ${toldNames(names)}.`}`,
      inputSchema: searchArguments,
      outputSchema: searchResult,
      annotations: ANNOTATIONS,
    },
    (given) => answered(() => searchDocuments(given, context), context),
  );
  server.registerTool(
    "fetch",
    {
      title: "Fetch a document",
      description:
        "The text of a document that `search` has found. Long ones come in parts: go on with `metadata.next_offset`.",
      inputSchema: fetchArguments,
      outputSchema: fetchResult,
      annotations: ANNOTATIONS,
    },
    (given) => answered(() => fetchDocument(given, context), context),
  );
  return server;
}

/** As JSON text, which connectors read, and structured; what fails is told to the model in the words of our errors only. */
async function answered(
  work: () => Promise<Record<string, unknown>>,
  { request }: Pick<SearchContext, "request">,
): Promise<CallToolResult> {
  try {
    const value = await work();
    return { content: [{ type: "text", text: JSON.stringify(value) }], structuredContent: value };
  } catch (thrown) {
    const { code, message } = toGroundwireError(thrown);
    if (code === "internal") request.log.error({ err: thrown }, "a tool failed");
    const text = code === "internal" ? `${message} Request id: ${request.id}` : message;
    return { content: [{ type: "text", text }], isError: true };
  }
}
