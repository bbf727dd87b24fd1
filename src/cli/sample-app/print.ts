import { stringify } from "yaml";

import type { Conversion } from "./convert.ts";

const WIDTH = 110;

/** The configuration as YAML, with what there is to know above it. */
export function printConfiguration({ configuration, notes, secrets }: Conversion): string {
  const lines = [
    "groundwire.yaml, made from the settings of Microsoft's sample application.",
    ...(secrets.length === 0
      ? []
      : [`It reads from the environment, as that did: ${secrets.join(", ")}.`]),
    ...(notes.length === 0 ? [] : ["", "To see to:"]),
    ...notes.flatMap((note) => wrap(`- ${note}`)),
  ];
  const comment = lines.map((line) => `# ${line}`.trimEnd()).join("\n");
  return `${comment}\n\n${stringify(configuration, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** Lines of whole words; those after the first are indented. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replaceAll(/\s+/gu, " ").split(" ")) {
    if (line !== "" && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = "  ";
    }
    line += line.trim() === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
