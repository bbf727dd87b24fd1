import type { ChatRequest, FileSearchTool } from "./chat.ts";
import { defaultCommonParameters } from "./data-sources/common.ts";
import { type DataSource, vectorStoreIdsOf } from "./data-sources/parse.ts";
import { GroundwireError } from "./errors.ts";
import { allOf, type Filter } from "./filters.ts";
import type { HostedToolName } from "./steps.ts";

/**
 * Everything a request wants searched: its data sources, and the vector stores its `file_search` tools name
 * (in the tool itself or in `tool_resources`). A store is searched once, under the filters of every place that names it.
 */
export function gatherSources(request: ChatRequest, dataSources: DataSource[]): DataSource[] {
  const tools = (request.tools ?? []).filter((tool) => tool.type === "file_search");
  if (tools.length === 0) return dataSources;
  const settings = tools.map((tool) => ({ ...tool, ...tool.file_search }));
  const filter = allOf(tools.flatMap(filtersOf));
  const named = new Set([
    ...tools.flatMap((tool) => tool.vector_store_ids ?? []),
    ...(request.tool_resources?.file_search?.vector_store_ids ?? []),
  ]);
  const already = new Set(vectorStoreIdsOf(dataSources));
  const added = [...named].filter((id) => !already.has(id));
  if (added.length === 0 && dataSources.length === 0) throw nothingToSearch(request);

  const narrowed = dataSources.map((entry) => narrow(entry, filter));
  if (added.length === 0) return narrowed;
  const maxNumResults =
    settings.find((tool) => tool.max_num_results != null)?.max_num_results ?? null;
  const common = dataSources[0]?.common ?? defaultCommonParameters();
  const hosted: DataSource = {
    common: { ...common, topNDocuments: maxNumResults ?? common.topNDocuments },
    source: {
      type: "file_search",
      vectorStoreIds: added,
      maxNumResults,
      scoreThreshold: Math.max(
        0,
        ...settings.map((tool) => tool.ranking_options?.score_threshold ?? 0),
      ),
      filter,
    },
  };
  return [...narrowed, hosted];
}

/** Wherever they stand and however they are written: all must hold. */
function filtersOf(tool: FileSearchTool): Filter[] {
  return [tool, tool.file_search ?? {}]
    .flatMap(({ filters, filter }) => [filters, filter])
    .filter((filter) => filter != null);
}

/** Filters of the tools are about attributes of files, which only vector stores have. */
function narrow({ common, source }: DataSource, filter: Filter | null): DataSource {
  if (source.type !== "file_search") return { common, source };
  return { common, source: { ...source, filter: allOf([source.filter, filter]) } };
}

function nothingToSearch(request: ChatRequest): GroundwireError {
  const index = (request.tools ?? []).findIndex((tool) => tool.type === "file_search");
  return new GroundwireError(
    "invalid_request",
    "A file_search tool names no vector store: give their ids in tool_resources.file_search.vector_store_ids.",
    { param: `tools[${index}]` },
  );
}

/** The tools of a request that run here and that the model may call. */
export function hostedToolsOf({ tools, tool_choice: choice }: ChatRequest): Set<HostedToolName> {
  if (choice === "none") return new Set();
  return new Set((tools ?? []).flatMap(({ type }) => (type === "function" ? [] : [type])));
}

/** True when the model may answer with a call of one of the caller's functions. */
export function offersFunctions({ tools, tool_choice: choice }: ChatRequest): boolean {
  return choice !== "none" && (tools ?? []).some(({ type }) => type === "function");
}

/** Ids of the files code may read, wherever the request names them; empty without the tool. */
export function interpreterFileIds({ tools, tool_resources: resources }: ChatRequest): string[] {
  const interpreters = (tools ?? []).filter((tool) => tool.type === "code_interpreter");
  if (interpreters.length === 0) return [];
  const named = interpreters.flatMap(({ file_ids: ids, container }) => [
    ...(ids ?? []),
    ...(typeof container === "object" ? (container?.file_ids ?? []) : []),
  ]);
  return [...new Set([...named, ...(resources?.code_interpreter?.file_ids ?? [])])];
}
