import { badValue, CommandError } from "./command-error.ts";
import { isObject } from "../../protocol/validation.ts";
import { valuesAt } from "./match.ts";
import type { Document } from "./wire.ts";

/** A document on its way through a pipeline, with what searches said of it. */
export interface Row {
  document: Document;
  meta: Record<string, unknown>;
}

/** What `$project` and the projection of `find` make of a document: fields kept, left out or computed. */
export function project({ document, meta }: Row, specification: Document): Document {
  const entries = Object.entries(specification);
  refuseCollisions(entries.map(([path]) => path));
  const computed = entries.filter(([, value]) => !isSwitch(value));
  const others = entries.filter(([path, value]) => path !== "_id" && isSwitch(value));
  const kept = others.filter(([, value]) => Boolean(value)).map(([path]) => path);
  const dropped = others.filter(([, value]) => !value).map(([path]) => path);
  if (kept.length > 0 && dropped.length > 0) {
    throw new CommandError(
      31254,
      `Cannot do exclusion on field ${dropped[0]} in inclusion projection`,
    );
  }
  const hasId = specification["_id"] !== 0 && specification["_id"] !== false;
  const isInclusion = kept.length > 0 || (computed.length > 0 && dropped.length === 0);
  const result: Document = isInclusion
    ? keep(document, hasId && "_id" in document ? ["_id", ...kept] : kept)
    : drop(document, hasId ? dropped : [...dropped, "_id"]);
  for (const [path, expression] of computed) {
    const value = evaluate(expression, { document, meta });
    if (value !== undefined) result[path] = value;
  }
  return result;
}

function isSwitch(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function refuseCollisions(paths: string[]): void {
  for (const path of paths) {
    if (path.split(".").some((part) => part === "" || part.startsWith("$"))) {
      throw new CommandError(
        16410,
        `FieldPath field names may not start with '$' or be empty: '${path}'.`,
      );
    }
    const outer = paths.find((other) => path.startsWith(`${other}.`));
    if (outer !== undefined) {
      throw new CommandError(
        31249,
        `Path collision at ${path} remaining portion ${path.slice(outer.length + 1)}`,
      );
    }
  }
}

function evaluate(expression: unknown, { document, meta }: Row): unknown {
  if (expression === "$$ROOT") return document;
  if (typeof expression === "string" && expression.startsWith("$")) {
    return valuesAt(document, expression.slice(1))[0];
  }
  if (isObject(expression) && typeof expression["$meta"] === "string") {
    const name = expression["$meta"];
    if (meta[name] === undefined) {
      throw new CommandError(40218, `query requires ${name} metadata, but it is not available`);
    }
    return meta[name];
  }
  throw badValue(`this test host does not compute ${JSON.stringify(expression)}`);
}

/** The paths by their first part. */
function byHead(paths: string[]): Map<string, string[]> {
  const heads = new Map<string, string[]>();
  for (const path of paths) {
    const [head = "", ...rest] = path.split(".");
    const tails = heads.get(head) ?? [];
    if (rest.length > 0) tails.push(rest.join("."));
    heads.set(head, tails);
  }
  return heads;
}

function keep(document: Document, paths: string[]): Document {
  const heads = byHead(paths);
  return fromEntries(document, (name, value) => {
    const tails = heads.get(name);
    if (tails === undefined) return undefined;
    return tails.length === 0 ? value : within(value, (inner) => keep(inner, tails));
  });
}

function drop(document: Document, paths: string[]): Document {
  const heads = byHead(paths);
  return fromEntries(document, (name, value) => {
    const tails = heads.get(name);
    if (tails === undefined) return value;
    if (tails.length === 0) return undefined;
    return isObject(value) || Array.isArray(value)
      ? within(value, (inner) => drop(inner, tails))
      : value;
  });
}

function fromEntries(
  document: Document,
  change: (name: string, value: unknown) => unknown,
): Document {
  const entries = Object.entries(document).map(
    ([name, value]) => [name, change(name, value)] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Of a list every object in it; what is no object has no fields to speak of. */
function within(value: unknown, change: (inner: Document) => Document): unknown {
  if (Array.isArray(value)) return value.filter((one) => isObject(one)).map((one) => change(one));
  return isObject(value) ? change(value) : undefined;
}
