import type { FastifyReply, FastifyRequest } from "fastify";
import type { DocumentAccess } from "../auth/document-access.ts";
import type { AccessSettings } from "../config/settings.ts";
import type { AnySource, DataSource } from "../protocol/data-sources/parse.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { type Attributes, allOf, type Filter, matchesFilter } from "../protocol/filters.ts";
import { isWholeFilter } from "../protocol/odata/is-whole-filter.ts";
import { printODataFilter } from "../protocol/odata/print-filter.ts";

/** The element `any` speaks of. */
const ELEMENT = "g";

/**
 * What files must pass for this caller to see them; null: everything is seen.
 * @throws GroundwireError `forbidden` when the caller's groups cannot be told.
 */
export function accessFilter(
  access: DocumentAccess | undefined,
  settings: AccessSettings | null,
): Filter | null {
  if (access === undefined) return null;
  // A caller with groups on a server that ties no documents to groups: the loader refuses that.
  if (settings === null) throw new Error("groups without 'access' in the configuration");
  if (access.groups === null) throw new GroundwireError("forbidden", access.reason);
  return {
    type: "any",
    key: settings.field,
    variable: ELEMENT,
    filter: { type: "in", key: ELEMENT, value: [...new Set(access.groups.filter(isNameable))] },
  };
}

/** An attribute parts its groups by commas: a group with one in its name would be read as others. */
function isNameable(group: string): boolean {
  return group.trim() !== "" && !group.includes(",");
}

/**
 * The sources, each held to what the caller may see, whatever else the request filters by.
 * @throws GroundwireError `forbidden` for a source that cannot be held to that.
 */
export function narrowToAccess(
  sources: readonly DataSource[],
  access: Filter | null,
): DataSource[] {
  return access === null ? [...sources] : sources.map((source) => narrow(source, access));
}

/** True for sources that can be held to the documents of the caller's groups. */
export function canBeNarrowed(type: AnySource["type"]): boolean {
  return type === "file_search" || type === "azure_search";
}

function narrow({ common, source }: DataSource, access: Filter): DataSource {
  switch (source.type) {
    case "file_search":
      return { common, source: { ...source, filter: allOf([access, source.filter]) } };
    case "azure_search":
      return { common, source: { ...source, filter: both(access, source.filter) } };
    default:
      throw new GroundwireError(
        "forbidden",
        `Data sources of type '${source.type}' cannot be held to the documents of the caller's groups ('access' in groundwire.yaml), so they are not searched. Use a source of type file_search or azure_search.`,
      );
  }
}

function both(access: Filter, asked: string | null): string {
  const mandatory = printODataFilter(access);
  if (asked === null) return mandatory;
  if (isWholeFilter(asked)) return `(${mandatory}) and (${asked})`;
  throw new GroundwireError(
    "data_source_invalid",
    "The filter of the data source should have its parentheses and quotes in pairs.",
  );
}

/** True when the caller may see a file with these attributes. */
export function maySee(access: Filter | null, attributes: Attributes): boolean {
  return access === null || matchesFilter(access, attributes);
}

/** Hook: callers who see some documents only may look, not change: who attaches a file says who sees it. */
export async function refuseChanges(request: FastifyRequest, _reply: FastifyReply): Promise<void> {
  const { method, routeOptions, context } = request;
  if (context.principal.access === undefined || method === "GET" || method === "HEAD") return;
  if (routeOptions.url?.endsWith("/search")) return;
  throw new GroundwireError(
    "forbidden",
    "Callers who see the documents of their groups only cannot add, change or delete files and vector stores. That takes a key without groups.",
  );
}
