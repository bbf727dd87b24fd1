import type { ModelFamily } from "./model.ts";

/** Brings request parameters into the form a family of models takes. */
export function mapParameters(
  body: Record<string, unknown>,
  _family: ModelFamily,
): { body: Record<string, unknown>; changed: boolean; warnings: string[] } {
  return { body, changed: false, warnings: [] };
}
