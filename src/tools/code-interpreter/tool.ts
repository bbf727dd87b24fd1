import { z } from "zod";

import type {
  InterpreterOutcome,
  InterpreterSession,
  InterpreterStatus,
} from "./code-interpreter.ts";
import { WORK_FOLDER } from "./sandbox.ts";

/** The function a model calls. */
export const CODE_TOOL_NAME = "code_interpreter";

/** Longest code, in characters. */
const MOST_CODE = 100_000;

/** What a model sends. */
export const codeArguments = z.object({ code: z.string().max(MOST_CODE) });

/** The function as a model is told of it, with what is there to work with. */
export function codeTool(
  { report }: Extract<InterpreterStatus, { state: "ready" }>,
  { fileNames }: Pick<InterpreterSession, "fileNames">,
): { name: string; description: string; parameters: Record<string, unknown> } {
  const libraries = Object.keys(report.libraries);
  const files = fileNames.map((name) => JSON.stringify(name));
  const description = [
    `Runs Python ${report.python} and answers what it prints and the value of its last expression.`,
    "Variables, functions and imports stay for the next call. There is no network, and nothing can be installed.",
    libraries.length === 0
      ? "Only the standard library is there: no numpy, pandas or matplotlib. Draw charts as SVG files."
      : `Beside the standard library there are ${libraries.join(", ")}.`,
    files.length === 0
      ? `The working folder ${WORK_FOLDER} is empty.`
      : `Files in the working folder ${WORK_FOLDER}: ${files.join(", ")}.`,
    "Files written there are given to the user.",
    ...(libraries.includes("matplotlib")
      ? ["Figures are shown to the user without being saved."]
      : []),
  ].join(" ");
  return {
    name: CODE_TOOL_NAME,
    description,
    parameters: {
      type: "object",
      properties: { code: { type: "string", description: "Python source code." } },
      required: ["code"],
      additionalProperties: false,
    },
  };
}

/** A run as a model reads it: what is long stands last, since the end is cut off when there is no room. */
export function outcomeText(outcome: InterpreterOutcome): string {
  const { stdout, stderr, result, error, files, images, leftOut, imagesLeftOut, truncated } =
    outcome;
  const parts = [
    ...(outcome.isFresh
      ? [
          "A new session was started: variables and files of earlier calls are gone, the given files are there.",
        ]
      : []),
    ...(error === null
      ? []
      : section("Exception", error.traceback ?? `${error.name}: ${error.message}`, false)),
    ...list(
      "Files for the user",
      files.map(({ name, bytes }) => `${name} (${bytes.length} bytes)`),
    ),
    ...list("Files that are too many or too large to be given", leftOut),
    ...(images.length === 0 ? [] : [`Figures shown to the user: ${images.length}`]),
    ...(imagesLeftOut === 0
      ? []
      : [`Figures that are too many or too large to be shown: ${imagesLeftOut}`]),
    ...section("Result", result ?? "", truncated.result),
    ...section("Errors and warnings", stderr, truncated.stderr),
    ...section("Output", stdout, truncated.stdout),
  ];
  return parts.length === 0 ? "The code ran and printed nothing." : parts.join("\n\n");
}

function section(title: string, text: string, isCut: boolean): string[] {
  if (text.trim() === "") return [];
  return [`${title}${isCut ? " (only its beginning)" : ""}:\n${text.trimEnd()}`];
}

function list(title: string, items: string[]): string[] {
  return items.length === 0 ? [] : [`${title}: ${items.join(", ")}`];
}
