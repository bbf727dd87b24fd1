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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      return lines.map((line): unknown => JSON.parse(line));
    } catch {
      throw invalidFile(
        `The file is not valid JSON: ${error instanceof Error ? error.message : "syntax error"}.`,
        error,
      );
    }
  }
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
