import type { FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { GroundwireError } from "../../protocol/errors.ts";
import { textOf, valueAt } from "../field-values.ts";
import { chooseReadFields, type ReadFields, textPaths } from "./choose-fields.ts";
import type { Engine } from "./engine.ts";
import { fieldsOfCapabilities, fieldsOfMapping, type IndexFields } from "./index-fields.ts";
import { readHits } from "./read-hits.ts";

export interface Discovered {
  fields: IndexFields;
  read: ReadFields;
}

const SAMPLE_SIZE = 10;
const MOST_SAMPLED_FIELDS = 50;

/** What fields an index has and which of them are read. Needs no more than the privilege `read`. */
export async function discover(
  engine: Engine,
  mapping: FieldsMapping,
  signal: AbortSignal,
): Promise<Discovered> {
  const fields = await readFields(engine, signal);
  const read = chooseReadFields(fields, mapping);
  if (read.content.length > 0) return { fields, read };
  return { fields, read: { ...read, content: [await longestText(engine, fields, signal)] } };
}

async function readFields(engine: Engine, signal: AbortSignal): Promise<IndexFields> {
  const mapping = await engine.ask("_mapping", { signal });
  if (mapping.status === 200) {
    const fields = fieldsOfMapping(mapping.body);
    if (fields.size > 0) return fields;
    throw nothingThere(engine);
  }
  if (mapping.status !== 403) throw engine.refusal(mapping);
  const capabilities = await engine.ask("_field_caps?fields=*", { signal });
  if (capabilities.status !== 200) throw engine.refusal(capabilities);
  const fields = fieldsOfCapabilities(capabilities.body);
  if (fields.size > 0) return fields;
  throw nothingThere(engine);
}

/** A pattern that nothing matches is no error to Elasticsearch, and finds nothing. */
function nothingThere({ url, place }: Engine): GroundwireError {
  return new GroundwireError(
    "data_source_invalid",
    `elasticsearch at ${url.host}: ${place} has no fields, or there is no such index.`,
    { advice: "Check 'index_name'.", aspect: "index" },
  );
}

/** The text field with the longest values in some documents: most likely the content. */
async function longestText(
  engine: Engine,
  fields: IndexFields,
  signal: AbortSignal,
): Promise<string> {
  const [first, ...others] = textPaths(fields);
  if (first === undefined) {
    throw new GroundwireError(
      "data_source_invalid",
      `elasticsearch at ${engine.url.host}: ${engine.place} has no text field that could be the content.`,
      { advice: "Name the fields to read in 'content_fields'.", aspect: "fields" },
    );
  }
  const paths = [first, ...others].slice(0, MOST_SAMPLED_FIELDS);
  const body = { size: SAMPLE_SIZE, _source: { includes: paths }, query: { match_all: {} } };
  const reply = await engine.ask("_search", { body, signal });
  if (reply.status !== 200) throw engine.refusal(reply);
  const sources = readHits(reply.body)?.hits.map((hit) => hit.source) ?? [];
  const lengths = paths.map((path) => ({
    path,
    length: sources.reduce<number>(
      (sum, source) => sum + (textOf(valueAt(source, path))?.length ?? 0),
      0,
    ),
  }));
  return lengths.reduce((best, one) => (one.length > best.length ? one : best)).path;
}
