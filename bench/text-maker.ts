export interface TextMaker {
  /** About 900 characters of sentences. */
  passage(): string;
  heading(): string;
  /** As a person would ask about a passage: some of its rarer words among words of every question. */
  question(passage: string): string;
}

const STOP_WORDS =
  "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many".split(
    " ",
  );
const SYLLABLES =
  "ba ber cal con der dis el en fer gan hol in ka lam lin mar mo nel or par pre qui ra ros sal sen sta ter tor un val ver wen yor zan ment tion ing age ist".split(
    " ",
  );
const VOCABULARY = 60_000;
/** Exponent of Zipf's law for the vocabulary. */
const STEEPNESS = 1.05;
const STOP_SHARE = 0.45;

/** Texts whose words are as unevenly spread as those of a language; the same on every run. */
export function createTextMaker(): TextMaker {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const pick = (list: string[]): string => list[Math.floor(random() * list.length)] ?? "";
  const words = Array.from({ length: VOCABULARY }, () =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(SYLLABLES)).join(""),
  );
  const places = new Map(words.map((word, place) => [word, place]));
  const sums = new Float64Array(VOCABULARY);
  words.reduce((total, _, place) => (sums[place] = total + (place + 5) ** -STEEPNESS), 0);
  const total = sums.at(-1) ?? 1;

  function contentWord(): string {
    const wanted = random() * total;
    let low = 0;
    let high = VOCABULARY - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return words[low] ?? "";
  }

  function sentence(): string {
    const length = 8 + Math.floor(random() * 14);
    const text = Array.from({ length }, () =>
      random() < STOP_SHARE ? pick(STOP_WORDS) : contentWord(),
    ).join(" ");
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  }

  return {
    passage: () => Array.from({ length: 10 }, sentence).join(" "),
    heading: () => `${contentWord()} ${contentWord()}`,
    question(passage) {
      const asked = passage
        .split(/\W+/u)
        .filter((word) => (places.get(word) ?? 0) > 50)
        .slice(0, 6);
      return `How do I ${asked[0]} the ${asked.slice(1, 3).join(" ")} of a ${asked.slice(3).join(" and ")}, and when?`;
    },
  };
}
