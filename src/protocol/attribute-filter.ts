import { z } from "zod";
import type { AttributeFilter } from "./filters.ts";
import { isObject } from "./validation.ts";

/** Deepest nesting of `and` and `or`; guards the stack against hostile requests. */
const MAX_DEPTH = 8;

const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: "Input should be a string, a number or a boolean",
});

const comparison = z.strictObject({
  type: z.enum(["eq", "ne", "gt", "gte", "lt", "lte"]),
  key: z.string(),
  value: scalar,
});

const membership = z.strictObject({
  type: z.enum(["in", "nin"]),
  key: z.string(),
  value: z.array(scalar).max(1000),
});

const compound = z.strictObject({
  type: z.enum(["and", "or"]),
  get filters(): z.ZodArray<z.ZodType<AttributeFilter>> {
    return z.array(anyFilter).min(1).max(100);
  },
});

const anyFilter: z.ZodType<AttributeFilter> = z.discriminatedUnion(
  "type",
  [comparison, membership, compound],
  {
    error:
      "Input should be a filter of type 'eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'and' or 'or'",
  },
);

/** The attribute filter of the vector-store API. Closed: an unknown key or operator is refused, never ignored. */
export const attributeFilterSchema: z.ZodType<AttributeFilter> = z
  .unknown()
  .refine((value) => isShallow(value, MAX_DEPTH), {
    error: `Filters should nest at most ${MAX_DEPTH} deep`,
    abort: true,
  })
  .pipe(anyFilter);

function isShallow(value: unknown, depth: number): boolean {
  if (!isObject(value) || !Array.isArray(value["filters"])) return true;
  return depth > 0 && value["filters"].every((part) => isShallow(part, depth - 1));
}
