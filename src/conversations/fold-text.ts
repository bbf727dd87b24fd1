/** Accents of Latin, Greek and Cyrillic; other scripts' marks are letters of their own. */
const ACCENTS = /[\u0300-\u036f]/gu;
const NOT_ASCII = /[^\0-\u007f]/u;

/** What texts are compared by in a search: small letters without accents, however these are encoded. */
export function foldText(text: string): string {
  const small = text.toLowerCase();
  if (!NOT_ASCII.test(small)) return small;
  return small.normalize("NFD").replaceAll(ACCENTS, "").normalize("NFC").replaceAll("ς", "σ");
}
