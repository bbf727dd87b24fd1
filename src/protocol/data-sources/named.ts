import { z } from "zod";

import { attributeFilterSchema } from "../attribute-filter.ts";
import { commonShape } from "./common.ts";

/** A source that the server's configuration defines, with what a request wants of it. */
export interface NamedSource {
  type: "named";
  name: string;
  /** The common parameters and filters of the request, as they were given and in the spelling of today. */
  given: Record<string, unknown>;
}

/** What a request may say beside the name: everything else is the operator's to say. */
export const namedShape = {
  name: z.string().min(1).max(100),
  /** OData, where the source takes it. */
  filter: z.string().optional(),
  /** An attribute filter, where the source takes it. */
  filters: attributeFilterSchema.optional(),
};

export const namedSchema = z.strictObject({ ...commonShape, ...namedShape });
