import { type Filter, matchesFilter } from "../../protocol/filters.ts";
import { parseODataFilter } from "../../protocol/odata/parse-filter.ts";
import { ODataError } from "../../protocol/odata/tokens.ts";

/** A document of an index; complex fields are not known here. */
export type IndexedDocument = Record<string, unknown>;

/** What the service says of an expression it cannot apply. */
export class FilterError extends Error {}

/** A filter over the fields of an index. @throws FilterError also for fields the index does not have. */
export function compileFilter(
  text: string,
  fields: readonly string[],
): (document: IndexedDocument) => boolean {
  const filter = parse(text);
  for (const field of fieldsOf(filter)) {
    if (fields.includes(field)) continue;
    throw new FilterError(
      `Invalid expression: Could not find a property named '${field}' on type 'search.document'.\r\nParameter name: $filter`,
    );
  }
  return (document) => matchesFilter(filter, document);
}

function parse(text: string): Filter {
  try {
    return parseODataFilter(text);
  } catch (error) {
    if (!(error instanceof ODataError)) throw error;
    throw new FilterError(`Invalid expression: Syntax error in '${text}': ${error.message}.`);
  }
}

/** Conditions on the elements of a list name none of their own. */
function fieldsOf(filter: Filter): string[] {
  if ("filters" in filter) return filter.filters.flatMap(fieldsOf);
  return filter.type === "not" ? fieldsOf(filter.filter) : [filter.key];
}
