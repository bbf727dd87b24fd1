/** What is indexed of a passage: title and headings go with each, because a passage seldom repeats what it is about. */
export function indexedText({
  title,
  headingPath,
  text,
}: {
  title: string | null;
  headingPath: string[];
  text: string;
}): string {
  return [title ?? "", ...headingPath, text].join("\n");
}
