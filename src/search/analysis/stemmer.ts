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

/** Words repeat: a stemmed word is looked up some ten times faster than it is stemmed again. */
const MEMORY = 50_000;
const LONGEST_WORD = 40;

/** The Snowball stemmer of a language, or null when it has none. */
export function stemmerOf(language: string): ((word: string) => string) | null {
  const algorithm = ALGORITHMS[language];
  if (algorithm === undefined) return null;
  const stemmer = newStemmer(algorithm);
  let memory = new Map<string, string>();
  return (word) => {
    if (word.length > LONGEST_WORD) return word;
    const known = memory.get(word);
    if (known !== undefined) return known;
    if (memory.size >= MEMORY) memory = new Map();
    const stem = stemmer.stem(word);
    memory.set(word, stem);
    return stem;
  };
}
