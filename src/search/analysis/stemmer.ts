import { newStemmer } from "snowball-stemmers";

const ALGORITHMS: Record<string, string> = {
  ar: "arabic",
  da: "danish",
  de: "german",
  en: "english",
  es: "spanish",
  fi: "finnish",
  fr: "french",
  hu: "hungarian",
  it: "italian",
  nl: "dutch",
  no: "norwegian",
  pt: "portuguese",
  ro: "romanian",
  ru: "russian",
  sv: "swedish",
  tr: "turkish",
};

const LONGEST_WORD = 40;

/** The Snowball stemmer of a language, or null when it has none. */
export function stemmerOf(language: string): ((word: string) => string) | null {
  const algorithm = ALGORITHMS[language];
  if (algorithm === undefined) return null;
  const stemmer = newStemmer(algorithm);
  return (word) => (word.length > LONGEST_WORD ? word : stemmer.stem(word));
}
