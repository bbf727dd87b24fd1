import { QUESTION_WORD } from "./question-words.ts";

/** Longer texts are no comparisons. */
const LONGEST_COMPARISON = 400;

/** A side of a comparison, as short as can be. */
const A = String.raw`(?<a>[^.;?!]{2,120}?)`;
const B = String.raw`(?<b>[^.;?!]{2,120})`;
const pattern = (source: string): RegExp =>
  new RegExp(source.replace("A", A).replace("B", B), "iu");

/** How two things are set against each other, by language. `A` and `B` are the things. */
const COMPARISONS: RegExp[] = [
  String.raw`\bdifferences?\s+between\s+A\s+and\s+B`,
  String.raw`\bcompar(?:e|ing|ison\s+of|ison\s+between)\s+A\s+(?:and|with|to)\s+B`,
  String.raw`\bhow\s+(?:does|do|is|are)\s+A\s+(?:differ|different|compared?)\s+(?:from|to|with)\s+B`,
  String.raw`^A\s+(?:vs\.?|versus)\s+B`,
  String.raw`unterschied\p{L}*\s+(?:es\s+)?zwischen\s+A\s+und\s+B`,
  String.raw`(?<!\p{L})vergleich\p{L}*\s+(?:von\s+)?A\s+(?:und|mit)\s+B`,
  String.raw`diff[ée]rences?\s+(?:y\s+a-t-il\s+)?entre\s+A\s+et\s+B`,
  String.raw`(?<!\p{L})compare[rz]?\s+A\s+(?:et|à|avec)\s+B`,
  String.raw`diferencias?\s+(?:hay\s+)?entre\s+A\s+[ye]\s+B`,
  String.raw`(?<!\p{L})compar(?:a|ar|e)\s+A\s+(?:y|con)\s+B`,
  String.raw`differenz[ae]\s+(?:c['’]è\s+)?(?:tra|fra)\s+A\s+ed?\s+B`,
  String.raw`(?<!\p{L})confront(?:a|are|o\s+tra)\s+A\s+(?:e|con)\s+B`,
  String.raw`diferenças?\s+(?:há\s+)?entre\s+A\s+e\s+B`,
  String.raw`verschil(?:len)?\s+tussen\s+A\s+en\s+B`,
  String.raw`(?:skillnad|forskel|forskjell)\p{L}*\s+(?:mellan|mellem|mellom|på)\s+A\s+(?:och|og)\s+B`,
  String.raw`(?:разниц|различи|отличи)\p{L}*\s+между\s+A\s+и\s+B`,
  String.raw`чем\s+отлича\p{L}+\s+A\s+от\s+B`,
  String.raw`різниц\p{L}*\s+між\s+A\s+(?:і|та|й)\s+B`,
  String.raw`różnic\p{L}*\s+(?:po)?między\s+A\s+a\s+B`,
  String.raw`^A\s+ile\s+(?<b>.{2,120}?)\s+arasındaki\s+fark`,
  String.raw`الفرق\s+بين\s+A\s+و\s*B`,
  String.raw`khác\s+(?:nhau|biệt)\s+giữa\s+A\s+và\s+B`,
  String.raw`^A(?:和|与|跟|同)(?<b>.{2,60}?)(?:之间)?(?:的|有)?(?:什么)?(?:区别|差别|不同|差异)`,
  String.raw`^A[とと](?<b>.{2,60}?)の(?:違い|差)`,
  String.raw`^A(?:와|과|하고)\s*(?<b>.{2,60}?)(?:의|은|는)?\s*차이`,
].map(pattern);

/** Questions in one sentence, joined by a word for "and". */
const JOINED = new RegExp(
  String.raw`[,;]?\s+(?:and|und|et|y|e|en|och|og|ja|és|și|и|і|ve|và)\s+(?=${QUESTION_WORD.source})`,
  "iu",
);

/** The two sides of a comparison, or null. What only the second side says of both is said of the first too. */
export function sidesOf(text: string): [string, string] | null {
  if (text.length > LONGEST_COMPARISON) return null;
  for (const comparison of COMPARISONS) {
    const groups = comparison.exec(text)?.groups;
    const a = clean(groups?.["a"]);
    const b = clean(groups?.["b"]);
    if (a !== "" && b !== "") return [withTail(a, b), b];
  }
  return null;
}

/** "sick leave" and "annual leave for interns" are both about interns. */
function withTail(a: string, b: string): string {
  const [shorter, longer] = [a.split(" "), b.split(" ")];
  if (longer.length === 1) return a;
  const tail = longer.slice(shorter.length);
  return [a, ...tail].join(" ");
}

function clean(side: string | undefined): string {
  return (side ?? "").replaceAll(/^[\s"“”'„«»,:]+|[\s"“”'„«»,:?？]+$/gu, "");
}

/** The questions of a message that asks several, in order; one when it does not. */
export function partsOf(text: string): string[] {
  const asked = text.match(/[^?？؟]+[?？؟]/gu)?.map((part) => part.trim()) ?? [];
  const whole = asked.length > 1 ? asked : [text];
  return whole.flatMap(splitJoined);
}

function splitJoined(question: string): string[] {
  const joined = JOINED.exec(question);
  if (!joined || joined.index === 0) return [question];
  const [first, rest] = [
    question.slice(0, joined.index),
    question.slice(joined.index + joined[0].length),
  ];
  return [first, ...splitJoined(rest)];
}
