import type { Citation } from "../../../src/protocol/events.ts";

/** What people call the document of a citation. */
export function titleOf({ title, filepath, url }: Citation): string | null {
  return title || filepath || url || null;
}

/** 1-based page number; null where the document has none. */
export function pageOf({ url, x_groundwire: extension }: Citation): number | null {
  const inUrl = /#page=(\d+)/u.exec(url ?? "")?.[1];
  return extension?.page ?? (inUrl === undefined ? null : Number(inUrl));
}

/** The heading a passage stands under; null when there is none. */
export function headingOf({ x_groundwire: extension }: Citation): string | null {
  return extension?.heading_path.at(-1) ?? null;
}

/** A long name without its middle, so that its beginning and its ending stay. */
export function shorten(name: string, longest = 30): string {
  const characters = [...name];
  if (characters.length <= longest) return name;
  const tail = Math.floor((longest - 1) / 3);
  return `${characters
    .slice(0, longest - 1 - tail)
    .join("")
    .trimEnd()}…${characters.slice(-tail).join("").trimStart()}`;
}

/** The words that were found in a citation's passage, which is wider for reading. */
export function snippetOf({ content, x_groundwire: extension }: Citation, longest = 220): string {
  const matched = extension?.matched;
  const words = (matched ? content.slice(matched.start, matched.end) : content)
    .replaceAll(/\s+/gu, " ")
    .trim();
  return words.length <= longest ? words : `${words.slice(0, longest).replace(/\s+\S*$/u, "")} …`;
}
