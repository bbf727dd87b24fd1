const LONGEST = 60;

/** A title made of the first question: its first line, cut at a word. */
export function titleOf(question: string): string | null {
  const line = question.trim().split("\n", 1)[0]?.replaceAll(/\s+/gu, " ").trim() ?? "";
  if (line === "") return null;
  const characters = [...line];
  if (characters.length <= LONGEST) return line;
  const cut = characters.slice(0, LONGEST).join("");
  const end = cut.lastIndexOf(" ");
  return `${end > LONGEST / 2 ? cut.slice(0, end) : cut}…`;
}
