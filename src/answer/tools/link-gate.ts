import type { StepFile } from "../../protocol/steps.ts";

/** Longer targets are none of ours, in characters. */
const LONGEST_TARGET = 300;
/** A link's target, begun and perhaps not ended. */
const TARGET = /\]\([^)\n]*/u;

export interface LinkGate {
  /** What may be shown of the text so far; a link is held back until its target is whole. */
  push(text: string): string;
  end(): string;
}

/**
 * Lets an answer through with links to files that code has made. Models name them by their path in the sandbox
 * (`sandbox:/mnt/data/chart.png`, `/mnt/data/chart.png`) or by their name alone.
 * @param files Those there are now.
 */
export function createLinkGate(files: () => readonly StepFile[]): LinkGate {
  let held = "";

  function take(text: string, isLast: boolean): string {
    let rest = held + text;
    held = "";
    let shown = "";
    for (let match = TARGET.exec(rest); match !== null; match = TARGET.exec(rest)) {
      const [open] = match;
      const end = match.index + open.length;
      const isOpen = end === rest.length;
      if (isOpen && !isLast && open.length < LONGEST_TARGET) break;
      shown += rest.slice(0, match.index) + (rest[end] === ")" ? resolved(open) : open);
      rest = rest.slice(end);
    }
    if (isLast) return shown + rest;
    const open = TARGET.exec(rest)?.index ?? closedBracket(rest);
    held = rest.slice(open);
    return shown + rest.slice(0, open);
  }

  function resolved(open: string): string {
    const target = open.slice(2).trim();
    const name = decoded(target.replace(/^sandbox:/iu, "").replace(/^\/mnt\/data\//u, ""));
    const file = files().findLast(({ filename }) => filename === name);
    return file === undefined ? open : `](${file.url}`;
  }

  return {
    push: (text) => take(text, false),
    end: () => take("", true),
  };
}

/** Where a bracket begins that ends the text: it may be the text of a link, or a marker, which is told whole. */
function closedBracket(text: string): number {
  if (!text.endsWith("]")) return text.length;
  const open = text.lastIndexOf("[");
  return open === -1 || text.length - open > LONGEST_TARGET ? text.length - 1 : open;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Markdown that shows figures and names files which the answer does not link to itself; "" when it names them all. */
export function linksFor(files: readonly StepFile[], answer: string): string {
  const links = files
    .filter(({ url }) => !answer.includes(url))
    .map(({ filename, url, media_type: type }) => {
      const name = filename.replaceAll(/[\\[\]]/gu, String.raw`\$&`);
      return `${type.startsWith("image/") ? "!" : ""}[${name}](${url})`;
    });
  return links.join("\n\n");
}
