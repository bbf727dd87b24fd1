import type { ExtractedDocument } from "../document.ts";
import { type ExtractInput, invalidFile } from "./input.ts";
import { createPartBuilder } from "./part-builder.ts";
import { decodeText } from "./text.ts";

const DEEPEST = 60;

/** JSON or JSON lines as lines of `path: value`; an object of simple values is one block. */
export async function extractJson({ bytes }: ExtractInput): Promise<ExtractedDocument> {
  const builder = createPartBuilder();
  builder.startPart({ label: "Beginning" });
  for (const { path, values } of flatten(parseJson(decodeText(bytes)), [])) {
    if (builder.isFull())
      builder.startPart({ label: path.join(" › ") || "Continued", headingPath: [] });
    const lines = values.map(([name, value]) =>
      [[...path, name].filter(Boolean).join(" › "), value].filter(Boolean).join(": "),
    );
    builder.add({ kind: "code", text: lines.join("\n") });
  }
  return { kind: "json", title: null, parts: builder.parts() };
}

/** One value, or one on each line. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [firstLine = ""] = text.trimStart().split("\n", 1);
    if (isJson(firstLine)) return parseLines(text);
    throw invalidFile(`The file is not valid JSON: ${reasonOf(error)}.`, error);
  }
}

function parseLines(text: string): unknown[] {
  return text.split("\n").flatMap((line, index): unknown[] => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line)];
    } catch (error) {
      throw invalidFile(
        `Line ${index + 1} of the file is not valid JSON: ${reasonOf(error)}.`,
        error,
      );
    }
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : "syntax error";
}

type Simple = [name: string, value: string];

function* flatten(value: unknown, path: string[]): Generator<{ path: string[]; values: Simple[] }> {
  if (typeof value !== "object" || value === null) {
    yield { path: path.slice(0, -1), values: [[path.at(-1) ?? "", String(value)]] };
    return;
  }
  if (path.length > DEEPEST)
    throw invalidFile(`The JSON is nested more than ${DEEPEST} levels deep.`);
  const entries = Object.entries(value);
  const simple = entries.filter(([, inner]) => typeof inner !== "object" || inner === null);
  if (simple.length > 0)
    yield { path, values: simple.map(([name, inner]): Simple => [name, String(inner)]) };
  for (const [name, inner] of entries) {
    if (typeof inner === "object" && inner !== null) yield* flatten(inner, [...path, name]);
  }
}
