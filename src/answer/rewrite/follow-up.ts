import type { Analyzer } from "../../search/analysis/analyze.ts";
import { contentWords } from "./content-words.ts";
import { QUESTION_WORD } from "./question-words.ts";

/** How much a question leans on what was said before: `weak` may be short because it stands alone, or because it does not. */
export type Leaning = "strong" | "weak" | "none";

/** Longer questions say themselves what they are about. */
const LONGEST_FOLLOW_UP = 14;

/** Beginnings that go on from something, in lower case. A beginning ends where its last letter does. */
const OPENERS =
  `and|but|or|also|what about|how about|what if|and for|same for|why not|und|aber|oder|auch|was ist mit|wie ist es mit|wie sieht es|und wie|wie steht es
  |et|mais|ou|qu'en est-il|et pour|quid|y|pero|o|qué hay de|qué pasa con|y para|e|ma|oppure|e per|che ne è|mas|e quanto|e para|en wat|en hoe|en voor|en als|maar|hoe zit het
  |och|men|hur är det med|og|hvad med|hva med|ja entä|entä|és|na és|mi a helyzet|și|şi|dar|iar|ce zici de|ve|peki|ya|ama|a co|a jak|oraz|ale|а|и|но|или|а как|как насчет
  |وماذا|وكم|وهل|وما|وأين|ومتى|وكيف|ماذا عن|còn|thế còn|vậy|và|और|तो|ומה|ואיך|ומתי|וכמה|מה לגבי|και|κι|τι γίνεται με`.split(
    /\s*\|\s*/u,
  );
const ASKS = new RegExp(String.raw`^${QUESTION_WORD.source}$`, "iu");
const WHOLE = new RegExp(String.raw`^,?\s+${QUESTION_WORD.source}`, "iu");
/** Beginnings and endings of languages written without blanks, or whose particles are. */
const UNSPACED_OPENER =
  /^(?:那么?|还有|另外|而且?|では|じゃあ?|それでは|それなら|また|ちなみに|그럼|그러면|그리고|แล้ว|และ)/u;
const UNSPACED_ENDING = /(?:呢|(?:の場合)?は|[는은]요?|ล่ะ)\s*[?？]?\s*$/u;
/** Words that stand for something said before. */
const UNSPACED_POINTER =
  /它们?|他们?|她们?|这个|这些|那个|那些|上述|それ|これ|その|この|彼女?|그것|이것|그의|มัน|เขา|นั้น/u;

const POINTERS = new Map(
  Object.entries({
    en: "it its they them their theirs that this those these he she him his her hers there one ones same",
    de: "es sie er ihn ihm ihnen ihre ihr ihren das dies diese dieser dieses diesen diesem dort darüber davon dafür damit dazu daran derselbe dieselbe",
    fr: "il elle ils elles lui leur leurs cela ça celui-ci celle-ci ceux-ci ces cette ce celui celle",
    es: "él ella ellos ellas eso esto ese esa esos esas este esta estos estas lo su sus allí",
    it: "esso essa essi esse lui loro ciò questo questa questi queste quello quella suo sua suoi loro ne lì",
    pt: "ele ela eles elas isso isto esse essa esses essas este esta seu sua deles delas lá",
    nl: "zij hij hem hun dat die deze dit daar ervan daarvoor daarvan ze",
    sv: "den det de dem dess deras denna detta dessa han hon där",
    da: "den det de dem dens deres denne dette disse han hun der",
    no: "den det de dem dens deres denne dette disse han hun der",
    fi: "se ne sen niiden tämä nämä hän he hänen heidän siellä",
    hu: "az azt ez ezt ők ő azok ezek annak ennek ott",
    ro: "el ea ei ele acesta aceasta aceștia acestea acela aceea lui lor acolo",
    tr: "o bu şu onlar bunlar onun bunun onların bunu onu orada",
    ru: "он она оно они его её ее их ему ей им это этот эта эти тот та те там",
    ar: "هو هي هم هذا هذه ذلك تلك هؤلاء هناك",
    vi: "nó họ đó này ấy đấy",
    hi: "यह वह ये वे इस उस इसका उसका उनका इनका वहाँ",
    he: "זה זאת הוא היא הם הן שלו שלה שלהם שם",
    el: "αυτό αυτά αυτός αυτή αυτοί του της τους εκεί",
  }).map(([language, words]) => [language, new Set(words.split(" "))]),
);
/** In these "it" stands for nothing. */
const EXPLETIVE =
  /^(?:is|was) (?:it|there|this)\b|^(?:are|were) there\b|\bis it (?:possible|true|allowed)\b/u;

/**
 * Whether a question leans on the one before it. A pointing word counts when no more than one content word stands before it: it
 * may point to those. A beginning counts unless a whole question follows it: "and when are salaries paid?"
 */
export function leaningOf(
  question: string,
  { analyzer, language }: { analyzer: Analyzer; language: string | null },
): Leaning {
  const text = question
    .toLowerCase()
    .replaceAll(/[¿¡"“”„«»]/gu, "")
    .trim();
  const words = text.match(/[\p{L}\p{M}\p{N}'’-]+/gu) ?? [];
  if (words.length > LONGEST_FOLLOW_UP) return "none";
  const content = contentWords(text, analyzer, language).filter((word) => !ASKS.test(word.text));
  const opener = OPENERS.find((candidate) => begins(text, candidate));
  const isWhole = opener !== undefined && WHOLE.test(text.slice(opener.length));
  // The verb may stand before the word that points.
  const isStrong =
    (opener !== undefined && !isWhole) ||
    pointsBack(text.slice(0, content[1]?.at), language) ||
    [UNSPACED_OPENER, UNSPACED_ENDING, UNSPACED_POINTER].some((pattern) => pattern.test(text));
  if (isStrong) return "strong";
  return isWhole || content.length <= 1 ? "weak" : "none";
}

function begins(text: string, opener: string): boolean {
  return text.startsWith(opener) && !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(opener.length));
}

function pointsBack(beginning: string, language: string | null): boolean {
  const pointers = POINTERS.get(language ?? "en");
  if (!pointers || EXPLETIVE.test(beginning)) return false;
  const words = beginning.match(/[\p{L}\p{M}'’-]+/gu) ?? [];
  return words.some((word) => pointers.has(word));
}
