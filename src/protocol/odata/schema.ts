import { z } from "zod";
import type { Filter } from "../filters.ts";
import { parseODataFilter } from "./parse-filter.ts";
import { ODataError } from "./tokens.ts";

/** A filter over attributes of files, written in OData. */
export const odataFilterSchema = z.string().transform((text, context): Filter => {
  try {
    return parseODataFilter(text);
  } catch (error) {
    if (!(error instanceof ODataError)) throw error;
    context.addIssue({ code: "custom", message: `The filter cannot be read: ${error.message}` });
    return z.NEVER;
  }
});
