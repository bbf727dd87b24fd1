import type { FieldsMapping } from "../../protocol/data-sources/parts.ts";
import { foreignPassage } from "../foreign-passage.ts";
import { joinedText, textOf } from "../field-values.ts";
import { type FieldRole, guessField } from "../guess-fields.ts";
import type { SourcePassage } from "../source.ts";
import type { Match } from "./replies.ts";

export interface PassageOptions {
  mapping: FieldsMapping;
  /** Of an engine's score. */
  relevanceOf: (score: number) => number | null;
}

/** Records as passages, in their order; without a mapping a field is found by its name in each record. Those without text are left out. */
export function toPassages(
  matches: Match[],
  { mapping, relevanceOf }: PassageOptions,
): SourcePassage[] {
  return matches.flatMap(({ id, score, fields }) => {
    const content = joinedText(fields, mapping.contentFields, mapping.contentFieldsSeparator);
    if (content === null) return [];
    const names = Object.keys(fields).filter((name) => !mapping.contentFields.includes(name));
    const text = (mapped: string | null, role: FieldRole): string | null => {
      const name = mapped ?? guessField(role, names);
      return name === null ? null : textOf(fields[name]);
    };
    return [
      foreignPassage({
        id,
        content,
        title: text(mapping.titleField, "title"),
        url: text(mapping.urlField, "url"),
        filepath: text(mapping.filepathField, "filepath"),
        chunkId: text(null, "chunkId") ?? "0",
        score,
        relevance: relevanceOf(score),
      }),
    ];
  });
}
