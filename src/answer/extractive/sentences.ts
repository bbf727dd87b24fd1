/** Shorter pieces are headings or crumbs: they are read with what follows, never quoted alone. */
const SHORTEST = 12;
const LONGEST = 600;

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** The sentences of a passage as they may be quoted: lines first (rows, list items), then sentences within a line. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text.split("\n")) {
    let open = "";
    for (const { segment } of SEGMENTER.segment(line)) {
      open += segment;
      // "e.g. " or "Art. 5" end a segment but not a sentence.
      if (
        /(?:^|\s)(?:\p{L}|\p{L}\.\p{L}|Art|No|Nr|vs|etc|approx|bzw|ca|max|min|incl)\.\s*$/u.test(
          open,
        )
      )
        continue;
      sentences.push(open.trim());
      open = "";
    }
    sentences.push(open.trim());
  }
  return sentences
    .filter((sentence) => sentence.length >= SHORTEST)
    .map((sentence) => sentence.slice(0, LONGEST));
}
