import { z } from "zod";

/** Query of every list; ids of another kind simply find nothing after them. */
export const listQuerySchema = listQuery({ max: 100, byDefault: 20 });

/** @param limits Largest and default `limit`. */
export function listQuery(limits: { max: number; byDefault: number }) {
  return z.object({
    limit: z.coerce.number().int().min(1).max(limits.max).default(limits.byDefault),
    order: z.enum(["asc", "desc"]).default("desc"),
    after: z.string().min(1).max(100).optional(),
    before: z.string().min(1).max(100).optional(),
  });
}

/** Envelope of a list; `first_id` and `last_id` are null when it is empty. */
export interface ListBody<T> {
  object: "list";
  data: T[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

export function listBody<T extends { id: string }>(data: T[], hasMore: boolean): ListBody<T> {
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  };
}
