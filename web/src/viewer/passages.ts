import type { Anchor } from "../../../src/protocol/documents.ts";
import type { Citation } from "../../../src/protocol/events.ts";

/** A passage as the viewer opens it: where it stands, and its words. */
export interface Passage {
  /** Null: its document is none of this server's files. */
  fileId: string | null;
  title: string;
  /** Name of the file, or its address in a remote index. */
  filepath: string | null;
  /** Where people find it outside; null for files of this server. */
  link: string | null;
  page: number | null;
  headingPath: string[];
  /** Null: only its words are known. */
  anchor: Anchor | null;
  /** The words that were found. */
  quote: string;
  /** The words with what stands around them, as the model read them. */
  content: string;
}

const FILE_OF_OURS = /\/files\/(file-[A-Za-z0-9]+)\/content/u;
const WEB_ADDRESS = /^https?:\/\//u;

export function passageOf(citation: Citation): Passage {
  const { content, title, url, filepath, x_groundwire: more } = citation;
  const { matched } = more ?? {};
  return {
    fileId: more?.file_id ?? FILE_OF_OURS.exec(url ?? "")?.[1] ?? null,
    title: title ?? filepath ?? "",
    filepath,
    link: url !== null && WEB_ADDRESS.test(url) ? url : null,
    page: more?.page ?? pageOf(url),
    headingPath: more?.heading_path ?? [],
    anchor: more?.anchor ?? null,
    quote: matched ? content.slice(matched.start, matched.end) : content,
    content,
  };
}

function pageOf(url: string | null): number | null {
  const page = /#page=(\d{1,7})/u.exec(url ?? "")?.[1];
  return page === undefined ? null : Number(page);
}

/** Positions of the passages of one document, in the order of its text: what previous and next step through. */
export function passagesOf(passages: Passage[], document: Passage | undefined): number[] {
  if (document === undefined) return [];
  return passages
    .map((passage, index) => ({ passage, index }))
    .filter(({ passage }) => isSameDocument(passage, document))
    .toSorted((left, right) => comparePlaces(left.passage, right.passage))
    .map(({ index }) => index);
}

function isSameDocument(left: Passage, right: Passage): boolean {
  if (left.fileId !== null || right.fileId !== null) return left.fileId === right.fileId;
  return left.filepath === right.filepath && left.title === right.title && left.link === right.link;
}

function comparePlaces(left: Passage, right: Passage): number {
  const [leftPlace, rightPlace] = [placeOf(left.anchor), placeOf(right.anchor)];
  for (const [index, value] of leftPlace.entries()) {
    const difference = value - (rightPlace[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers that rise in reading order: part or page, block or character, offset. */
function placeOf(anchor: Anchor | null): number[] {
  switch (anchor?.kind) {
    case "pdf": {
      const [region] = anchor.regions;
      return [region?.page ?? 0, region?.chars[0] ?? 0, 0];
    }
    case "view":
      return [anchor.part, Number(anchor.start.id.slice(1)), anchor.start.offset];
    case "text":
    case undefined:
      return [0, 0, 0];
  }
}
