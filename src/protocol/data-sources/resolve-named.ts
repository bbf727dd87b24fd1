import { GroundwireError } from "../errors.ts";
import { isWholeFilter } from "../odata/is-whole-filter.ts";
import { type AnySource, type DataSource, readParameters } from "./parse.ts";

/** A source of the configuration. */
export interface SourceDefinition {
  type: AnySource["type"];
  /** In the spelling of today; complete. */
  parameters: Record<string, unknown>;
  /** Whose requests may name it; null: everybody's. */
  tenants: readonly string[] | null;
}

export type SourceDefinitions = Readonly<Record<string, SourceDefinition>>;

export interface Caller {
  definitions: SourceDefinitions;
  tenant: string;
}

const MOST_NAMES = 50;

/**
 * The source a name stands for, with the common parameters of the request, and its filter beside that of the configuration:
 * a request can ask for less than the operator allows, never for more.
 * @throws GroundwireError `data_source_invalid` for a name that is unknown to this caller, or what the source does not take.
 */
export function resolveNamed(entry: DataSource, index: number, caller: Caller): DataSource {
  const { source } = entry;
  if (source.type !== "named") return entry;
  const here = ["data_sources", index, "named", "parameters"];
  const { type, parameters } = find(source.name, here, caller);
  const { filter, filters, ...common } = source.given;
  const both = {
    ...parameters,
    ...common,
    ...narrowed("filter", parameters["filter"], wholeFilter(filter, here)),
    ...narrowed("filters", parameters["filters"], filters),
  };
  return readParameters(type, both, here);
}

function find(
  name: string,
  here: PropertyKey[],
  { definitions, tenant }: Caller,
): SourceDefinition {
  const isVisible = ({ tenants }: SourceDefinition): boolean => tenants?.includes(tenant) ?? true;
  const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (found !== undefined && isVisible(found)) return found;
  const known = Object.entries(definitions).flatMap(([one, definition]) =>
    isVisible(definition) ? [`'${one}'`] : [],
  );
  throw new GroundwireError(
    "data_source_invalid",
    `Validation error at #/${here.map(String).join("/")}/name: there is no data source '${name}'. ${known.length === 0 ? "This server's configuration names none for you" : `There are: ${known.slice(0, MOST_NAMES).join(", ")}`}.`,
  );
}

/** Both filters at once; of the kinds that are text, and of those that are objects. */
function narrowed(name: string, own: unknown, asked: unknown): Record<string, unknown> {
  if (own === undefined || asked === undefined) return asked === undefined ? {} : { [name]: asked };
  if (typeof own === "string" && typeof asked === "string")
    return { [name]: `(${own}) and (${asked})` };
  return { [name]: { type: "and", filters: [own, asked] } };
}

/** The two are joined, and neither may undo the other. */
function wholeFilter(filter: unknown, here: PropertyKey[]): unknown {
  if (typeof filter !== "string" || isWholeFilter(filter)) return filter;
  throw new GroundwireError(
    "data_source_invalid",
    `Validation error at #/${here.map(String).join("/")}/filter: parentheses and quotes should be in pairs`,
  );
}
