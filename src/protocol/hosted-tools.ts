import type { ChatRequest } from "./chat.ts";
import { defaultCommonParameters } from "./data-sources.ts";
import type { DataSource } from "./data-sources.ts";
import { GroundwireError } from "./errors.ts";
import type { AttributeFilter } from "./filters.ts";

/**
 * Everything a request wants searched: its data sources, and the vector stores its `file_search` tools name
 * (in the tool itself or in `tool_resources`). A store is searched once, under the filters of every place that names it.
 */
export function gatherSources(request: ChatRequest, dataSources: DataSource[]): DataSource[] {
  const tools = (request.tools ?? []).filter((tool) => tool.type === "file_search");
  if (tools.length === 0) return dataSources;
  const settings = tools.map((tool) => ({ ...tool, ...tool.file_search }));
  const filter = allOf(settings.flatMap((tool) => tool.filters ?? []));
  const named = new Set([
    ...tools.flatMap((tool) => tool.vector_store_ids ?? []),
    ...(request.tool_resources?.file_search?.vector_store_ids ?? []),
  ]);
  const already = new Set(dataSources.flatMap(({ source }) => source.vectorStoreIds));
  const added = [...named].filter((id) => !already.has(id));
  if (added.length === 0 && already.size === 0) throw nothingToSearch(request);

  const narrowed = dataSources.map((entry) => ({
    ...entry,
    source: {
      ...entry.source,
      filter: allOf([entry.source.filter, filter].filter((part) => part !== null)),
    },
  }));
  if (added.length === 0) return narrowed;
  const hosted: DataSource = {
    common: dataSources[0]?.common ?? defaultCommonParameters(),
    source: {
      type: "file_search",
      vectorStoreIds: added,
      maxNumResults: settings.find((tool) => tool.max_num_results != null)?.max_num_results ?? null,
      scoreThreshold: Math.max(
        0,
        ...settings.map((tool) => tool.ranking_options?.score_threshold ?? 0),
      ),
      filter,
    },
  };
  return [...narrowed, hosted];
}

function allOf(filters: AttributeFilter[]): AttributeFilter | null {
  const [first] = filters;
  if (first === undefined) return null;
  return filters.length === 1 ? first : { type: "and", filters };
}

function nothingToSearch(request: ChatRequest): GroundwireError {
  const index = (request.tools ?? []).findIndex((tool) => tool.type === "file_search");
  return new GroundwireError(
    "invalid_request",
    "A file_search tool names no vector store: give their ids in tool_resources.file_search.vector_store_ids.",
    { param: `tools[${index}]` },
  );
}
