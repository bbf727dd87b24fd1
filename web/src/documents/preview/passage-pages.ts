import type { Passage } from "../../viewer/passages.ts";
import type { ChunkBody } from "../store-requests.ts";

/** A passage in the list of a document's passages. */
export interface ListedPassage extends Passage {
  label: string;
}

/** The passages of chunks, each once: chunks share passages with their neighbours. */
export function passagesOfChunks(
  chunks: ChunkBody[],
  { fileId, filename }: { fileId: string; filename: string },
): ListedPassage[] {
  const byPlace = new Map<string, ListedPassage>();
  for (const { passages } of chunks) {
    for (const { text, page, label, heading_path: headingPath, anchor } of passages) {
      byPlace.set(JSON.stringify(anchor), {
        fileId,
        title: filename,
        filepath: filename,
        link: null,
        page,
        headingPath,
        anchor,
        quote: text,
        content: text,
        label,
      });
    }
  }
  return [...byPlace.values()];
}
