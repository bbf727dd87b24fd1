import { joinedText, textOf, valueAt } from "../field-values.ts";
import { foreignPassage } from "../foreign-passage.ts";
import type { SourcePassage } from "../source.ts";
import type { ReadFields } from "./choose-fields.ts";
import type { Hit } from "./read-hits.ts";

export interface PassageOptions {
  read: ReadFields;
  separator: string;
  /** Of an engine's score. */
  relevanceOf: (score: number) => number | null;
}

/**
 * The passages in hits, best first. Where nested objects hold the content, each that matched is a passage. Hits without any
 * content are left out.
 */
export function toPassages(hits: Hit[], options: PassageOptions): SourcePassage[] {
  return hits
    .flatMap((hit) => passagesOf(hit, options))
    .toSorted((left, right) => right.score - left.score);
}

function passagesOf(hit: Hit, options: PassageOptions): SourcePassage[] {
  const { read } = options;
  const id = `${hit.index}/${hit.id}`;
  const inside = hit.nested.flatMap(({ path, objects }) =>
    read.content.some((field) => field.startsWith(`${path}.`))
      ? objects.map((object) => ({ path, ...object }))
      : [],
  );
  if (inside.length === 0) {
    return toPassage(hit, { ...options, id, score: hit.score, chunkId: "0" });
  }
  return inside.flatMap(({ path, offset, score, source }) => {
    // As if the document had this one object only.
    const document = { source: [{ [path]: source }, hit.source] };
    return toPassage(document, {
      ...options,
      id: `${id}/${path}/${offset}`,
      score,
      chunkId: String(offset),
    });
  });
}

function toPassage(
  { source }: Pick<Hit, "source">,
  {
    read,
    separator,
    relevanceOf,
    id,
    score,
    chunkId,
  }: PassageOptions & { id: string; score: number; chunkId: string },
): SourcePassage[] {
  const content =
    joinedText(source, read.content, separator) ??
    joinedText(source, read.content.map(storedText), separator);
  if (content === null) return [];
  const text = (path: string | null): string | null =>
    path === null ? null : textOf(valueAt(source, path));
  return [
    foreignPassage({
      id,
      content,
      title: text(read.title),
      url: text(read.url),
      filepath: text(read.filepath),
      chunkId: text(read.chunkId) ?? chunkId,
      score,
      relevance: relevanceOf(score),
    }),
  ];
}

/** Where `semantic_text` kept its text before 8.18. */
function storedText(path: string): string {
  return `${path}.text`;
}
