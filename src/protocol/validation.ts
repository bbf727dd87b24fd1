import type { z } from "zod";
import { GroundwireError } from "./errors.ts";

/** One thing wrong with a value a caller sent: where, and what should stand there. */
export interface Problem {
  path: PropertyKey[];
  /** In the words of the service's own validator: "Field required", "Input should be a valid integer". */
  text: string;
  missing: boolean;
}

/**
 * Checks a value that came over the wire.
 * @throws GroundwireError `invalid_request` naming the first problem, as the model layer words it.
 */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw invalidRequest(problemsOf(result.error));
}

export function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({
          path: [...issue.path, key],
          text: "Extra inputs are not permitted",
          missing: false,
        }))
      : [{ path: issue.path, text: describe(issue), missing: isMissing(issue) }],
  );
}

/** The error of the model layer: one problem, its path in `param`. */
export function invalidRequest(problems: Problem[]): GroundwireError {
  const [first] = problems;
  if (first === undefined)
    return new GroundwireError("invalid_request", "The request is not valid.");
  const param = formatPath(first.path);
  if (param === "")
    return new GroundwireError("invalid_request", `Invalid request body: ${first.text}.`);
  const message = first.missing
    ? `Missing required parameter: '${param}'.`
    : `Invalid value for '${param}': ${first.text}.`;
  return new GroundwireError("invalid_request", message, { param });
}

/** A request of thousands of wrong keys is not answered with as many lines. */
const MOST_PROBLEMS = 100;

/** The error of the On Your Data validator: a line per problem, each with its JSON pointer. */
export function invalidDataSource(problems: Problem[]): GroundwireError {
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map(
      ({ path, text }) =>
        `Validation error at #/${path.map((step) => String(step)).join("/")}: ${text}`,
    );
  const left = problems.length - lines.length;
  if (left > 0) lines.push(`and ${left} more`);
  return new GroundwireError("data_source_invalid", lines.join("\n"));
}

/** `messages[0].role` */
export function formatPath(path: PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`,
    )
    .join("");
}

/** Keys whose value is null count as absent everywhere on this wire. Anything but an object is handed back as it is. */
export function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return (
    issue.input === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value")
  );
}

const TYPE_NAMES: Record<string, string> = {
  string: "a valid string",
  number: "a valid number",
  int: "a valid integer",
  boolean: "a valid boolean",
  array: "a valid list",
  object: "a valid dictionary",
  record: "a valid dictionary",
};

function describe(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return "Field required";
  switch (issue.code) {
    case "invalid_type":
      return `Input should be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `Input should be ${alternatives(issue.values.map((value) => `'${String(value)}'`))}`;
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? `Input should be less than or equal to ${issue.maximum}`
        : `${sizeSubject(issue.origin)} should have at most ${issue.maximum} ${sizeUnit(issue.origin)}`;
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? `Input should be greater than or equal to ${issue.minimum}`
        : `${sizeSubject(issue.origin)} should have at least ${issue.minimum} ${sizeUnit(issue.origin)}`;
    default:
      return issue.message;
  }
}

function alternatives(names: string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

function sizeSubject(origin: string): string {
  return origin === "string" ? "String" : "List";
}

function sizeUnit(origin: string): string {
  return origin === "string" ? "characters" : "items";
}
