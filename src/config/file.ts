import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";
import type { Document } from "yaml";

import { ConfigurationError } from "./configuration-error.ts";
import type { Environment } from "./env.ts";
import { type ConfigurationFile, fileSchema } from "./file-schema.ts";

/** Read when it is there and `GROUNDWIRE_CONFIG` names no other. */
const DEFAULT_PATH = "groundwire.yaml";

/**
 * Reads `groundwire.yaml`. Every value may be `${NAME}`, or hold it, which is taken from the environment.
 * @throws ConfigurationError naming every line that is wrong; never a value, which may be secret.
 */
export function readConfigurationFile(environment: Environment): ConfigurationFile {
  const named = environment["GROUNDWIRE_CONFIG"];
  const path = named ?? DEFAULT_PATH;
  const text = readText(path, named !== undefined);
  return text === null ? fileSchema.parse({}) : parseConfiguration(text, { path, environment });
}

export function parseConfiguration(
  text: string,
  { path, environment }: { path: string; environment: Environment },
): ConfigurationFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [mistake] = document.errors;
  if (mistake) {
    const line = mistake.linePos?.[0].line ?? 1;
    throw new ConfigurationError(`${path}:${line}: not valid YAML (${mistake.code}).`);
  }
  const problems = fillIn(document, environment).map(
    ({ name, offset }) =>
      `${path}:${lines.linePos(offset).line}: the environment variable ${name} is not set.`,
  );
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
  const parsed = fileSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues
      .map(
        (issue) =>
          `${path}:${lineOf(document, issue.path, lines)}: ${issue.path.length === 0 ? "" : `${issue.path.map(String).join(".")}: `}${issue.message}`,
      )
      .join("\n"),
  );
}

function readText(path: string, isRequired: boolean): string | null {
  try {
    return readFileSync(resolve(path), "utf8");
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isMissing && !isRequired) return null;
    throw new ConfigurationError(
      `GROUNDWIRE_CONFIG: ${path} cannot be read${isMissing ? ": there is no such file" : ""}.`,
      { cause },
    );
  }
}

/** Puts the environment's values in; answers the names that are not set. */
function fillIn(
  document: Document.Parsed,
  environment: Environment,
): { name: string; offset: number }[] {
  const missing: { name: string; offset: number }[] = [];
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== "string") return;
      node.value = node.value.replaceAll(/\$\{(\w+)\}/gu, (_whole, name: string) => {
        const value = environment[name];
        if (value === undefined) missing.push({ name, offset: node.range?.[0] ?? 0 });
        return value ?? "";
      });
    },
  });
  return missing;
}

/** The line of the deepest part of the path that stands in the file. */
function lineOf(document: Document.Parsed, path: PropertyKey[], lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isScalar(node) || isMap(node)) return lines.linePos(node.range?.[0] ?? 0).line;
  }
  return 1;
}
