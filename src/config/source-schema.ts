import { z } from "zod";

import { type DataSource, readEnvelope, readParameters } from "../protocol/data-sources/parse.ts";
import type { SourceDefinition } from "../protocol/data-sources/resolve-named.ts";
import { GroundwireError } from "../protocol/errors.ts";
import { name, section } from "./section.ts";

const parameters = z.record(z.string(), z.unknown());

/** A data source as requests have it, and who may name it. */
export const sourceDefinition = section({
  type: z.string(),
  parameters,
  tenants: z.array(name).min(1).optional(),
}).transform(({ tenants, ...given }, context): SourceDefinition => {
  const read = checked(given, context);
  if (read === null) return z.NEVER;
  if (read.type === "named") {
    context.addIssue({ code: "custom", message: "must be a source itself, not the name of one" });
  }
  return { type: read.type, parameters: read.parameters, tenants: tenants ?? null };
});

/** What a deployment searches for requests that name no source. */
export const defaultSource = section({ type: z.string(), parameters }).transform(
  (given, context): DataSource => checked(given, context)?.source ?? z.NEVER,
);

/** Read as a request's is, so in every spelling those may have; null when it is wrong, which is then reported. */
function checked(
  given: { type: string; parameters: Record<string, unknown> },
  context: z.RefinementCtx,
) {
  try {
    const { type, parameters: folded, here } = readEnvelope(given, { at: [], warnings: [] });
    return { type, parameters: folded, source: readParameters(type, folded, here) };
  } catch (error) {
    if (!(error instanceof GroundwireError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
    return null;
  }
}
