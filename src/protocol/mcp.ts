import { z } from "zod";

/**
 * The two tools that agents find documents with. Names and shapes are those that OpenAI's deep research asks of connectors:
 * `search` takes a query and answers `results`, `fetch` takes the id of one of them and answers the document.
 */

/** Documents of one search, unless it asks for another number, and at most. */
const DEFAULT_RESULTS = 10;
const MOST_RESULTS = 20;
const MOST_QUERY = 4_000;
const MOST_NAME = 200;
/** Names in one list. */
export const MOST_NAMES = 50;

const names = z.array(z.string().min(1).max(MOST_NAME)).max(MOST_NAMES);

export const searchArguments = z.object({
  query: z
    .string()
    .trim()
    .min(1)
    .max(MOST_QUERY)
    .describe("A question, or a few words to look for."),
  sources: names
    .min(1)
    .optional()
    .describe("Names or ids of what to search in; everything there is when left out."),
  limit: z
    .int()
    .min(1)
    .max(MOST_RESULTS)
    .default(DEFAULT_RESULTS)
    .describe("Most documents to answer."),
});
export type SearchArguments = z.output<typeof searchArguments>;

export const searchResult = z.object({
  results: z.array(
    z.object({
      id: z.string().describe("For `fetch`."),
      title: z.string(),
      /** Empty when the document has no address. */
      url: z.string(),
      text: z.string().describe("The passages that were found."),
    }),
  ),
  failures: z
    .array(z.object({ source: z.string(), message: z.string() }))
    .optional()
    .describe("Sources that could not be searched; the results are those of the others."),
});
export type SearchResult = z.output<typeof searchResult>;

export const fetchArguments = z.object({
  id: z.string().min(1).max(MOST_NAME).describe("The id of a result of `search`."),
  offset: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe("Where to go on in a long document: `metadata.next_offset` of the part before."),
});
export type FetchArguments = z.output<typeof fetchArguments>;

export const fetchResult = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  url: z.string(),
  metadata: z.record(z.string(), z.string()),
});
export type FetchResult = z.output<typeof fetchResult>;

/** `/mcp?store=…&source=…`: only these are there. Each may be given several times. */
export const mcpQuery = z.object({
  store: z.preprocess(asList, names).optional(),
  source: z.preprocess(asList, names).optional(),
});
export type McpQuery = z.output<typeof mcpQuery>;

function asList(value: unknown): unknown {
  return typeof value === "string" ? [value] : value;
}
