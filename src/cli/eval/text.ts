/** Texts are compared without regard to case, punctuation and blanks. */
export function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}

/** Scripts that do not separate words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** True when the text has these words one after the other: "27" is not in "1927". */
export function holds(text: string, words: string): boolean {
  const wanted = plain(words);
  if (wanted === "") return false;
  if (UNSPACED.test(wanted))
    return plain(text).replaceAll(" ", "").includes(wanted.replaceAll(" ", ""));
  return ` ${plain(text)} `.includes(` ${wanted} `);
}

/** Numbers of a text, without what separates thousands: "1,250.50" and "1250.50" are the same. */
export function numbersIn(text: string): string[] {
  const numbers = text.normalize("NFKC").match(/\p{Nd}+(?:[.,:]\p{Nd}+)*/gu) ?? [];
  return numbers.map((number) => number.replaceAll(/[,.](?=\p{Nd}{3}(?:\D|$))/gu, ""));
}
