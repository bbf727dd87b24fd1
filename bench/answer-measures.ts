/** One line of a file of questions; the format is the project's own (`samples/questions.jsonl`). */
export interface Question {
  id?: string;
  question: string;
  history?: { role: string; content: string }[];
  /** Any of these in an answer makes it right. */
  answers?: string[];
  gold?: { file: string; page?: number; quote?: string }[];
  unanswerable?: boolean;
}

interface Cited {
  content: string;
  url: string | null;
  filepath: string | null;
}

/** What was answered to a question. */
export interface Asked {
  question: Question;
  content: string;
  citations: Cited[];
  /** Everything found, best first. */
  retrieved: Cited[];
  /** CPU of the whole process, the client's share with it. */
  cpuMs: number;
}

export interface Measured {
  id: string | undefined;
  question: string;
  content: string;
  isAnswerable: boolean;
  isRefused: boolean;
  /** Share of the markers that name a citation; null: no marker. */
  validMarkers: number | null;
  /** 0-based place of the first gold page (file where it has no pages) among the distinct pages found; null: not found. */
  pageRank: number | null;
  /** Gold page among the citations. */
  pageCited: boolean;
  /** An answer within a citation of a gold file. */
  answerCited: boolean;
  /** An answer within a passage that a marker names. */
  markedHolds: boolean;
  /** An answer within the text itself. */
  answered: boolean;
  /** Share of the gold quotes within the first 6,000 characters found; null: no quote is given. */
  spanRecall: number | null;
  cpuMs: number;
  length: number;
}

const REFUSAL = /^The requested information is not found/u;
const PROMPT_CHARACTERS = 6_000;

export function measureAnswer({ question, content, citations, retrieved, cpuMs }: Asked): Measured {
  const { gold = [], answers = [], unanswerable = false } = question;
  const numbers = [...content.matchAll(/\[doc(\d+)\]/gu)].map(([, number]) => Number(number));
  const valid = numbers.filter((number) => number >= 1 && number <= citations.length);
  const marked = valid.flatMap((number) => citations[number - 1] ?? []);
  const isGold = (cited: Cited): boolean => gold.some((place) => isAt(cited, place));
  const holds = (cited: Cited): boolean =>
    answers.some((answer) => squeeze(cited.content).includes(squeeze(answer)));
  const pages = [...new Set(retrieved.map(pageOf))];
  const goldPages = new Set(retrieved.filter(isGold).map(pageOf));
  const pageRank = pages.findIndex((page) => goldPages.has(page));
  return {
    id: question.id,
    question: question.question,
    content,
    isAnswerable: !unanswerable,
    isRefused: REFUSAL.test(content),
    validMarkers: numbers.length === 0 ? null : valid.length / numbers.length,
    pageRank: pageRank === -1 ? null : pageRank,
    pageCited: citations.some(isGold),
    answerCited: citations.some((cited) => isFrom(cited, gold) && holds(cited)),
    markedHolds: marked.some(holds),
    answered: answers.some((answer) => squeeze(content).includes(squeeze(answer))),
    spanRecall: spanRecallOf(gold, retrieved),
    cpuMs,
    length: content.length,
  };
}

function isFrom({ filepath }: Cited, gold: NonNullable<Question["gold"]>): boolean {
  return gold.length === 0 || gold.some(({ file }) => file === filepath);
}

function isAt(cited: Cited, place: NonNullable<Question["gold"]>[number]): boolean {
  if (cited.filepath !== place.file) return false;
  if (place.page !== undefined) return cited.url?.endsWith(`#page=${place.page}`) ?? false;
  return place.quote === undefined || spanFound(place.quote, [squeeze(cited.content)]) >= 0.5;
}

function pageOf({ filepath, url, content }: Cited): string {
  const page = /#page=\d+$/u.exec(url ?? "")?.[0];
  return `${filepath} ${page ?? content}`;
}

function spanRecallOf(gold: NonNullable<Question["gold"]>, retrieved: Cited[]): number | null {
  const quotes = gold.flatMap(({ file, quote }) => (quote === undefined ? [] : [{ file, quote }]));
  if (quotes.length === 0) return null;
  let room = PROMPT_CHARACTERS;
  const shown = retrieved.map(({ filepath, content }) => {
    const text = content.slice(0, room);
    room -= text.length;
    return { filepath, text: squeeze(text) };
  });
  const found = quotes.map(({ file, quote }) =>
    spanFound(
      quote,
      shown.filter(({ filepath }) => filepath === file).map(({ text }) => text),
    ),
  );
  return found.reduce((total, share) => total + share, 0) / quotes.length;
}

/** Share of a quote's words that stand in one of the texts, in runs of five. */
function spanFound(quote: string, texts: string[]): number {
  const words = squeeze(quote).split(" ");
  const size = Math.min(5, words.length);
  const runs = words
    .slice(0, words.length - size + 1)
    .map((_, at) => words.slice(at, at + size).join(" "));
  return runs.filter((run) => texts.some((text) => text.includes(run))).length / runs.length;
}

function squeeze(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/gu, " ").trim();
}

/** Shares in percent. */
export function summarize(measured: Measured[]): Record<string, number> {
  const answerable = measured.filter(({ isAnswerable }) => isAnswerable);
  const unanswerable = measured.filter(({ isAnswerable }) => !isAnswerable);
  const answered = answerable.filter(({ isRefused }) => !isRefused);
  const marked = measured.filter(({ validMarkers }) => validMarkers !== null);
  return {
    questions: measured.length,
    "page Hit@1": percent(answerable, ({ pageRank }) => pageRank === 0),
    "page Hit@3": percent(answerable, ({ pageRank }) => pageRank !== null && pageRank < 3),
    "page cited": percent(answered, ({ pageCited }) => pageCited),
    "answer cited": percent(answerable, ({ answerCited }) => answerCited),
    "marked holds": percent(answered, ({ markedHolds }) => markedHolds),
    "in answer": percent(answered, (row) => row.answered),
    "span 6k": mean(answerable.flatMap(({ spanRecall }) => spanRecall ?? [])),
    refused: percent(unanswerable, ({ isRefused }) => isRefused),
    "over-refused": percent(answerable, ({ isRefused }) => isRefused),
    "markers valid": mean(marked.map(({ validMarkers }) => validMarkers ?? 0)),
    length: Math.round(
      answered.reduce((sum, { length }) => sum + length, 0) / Math.max(1, answered.length),
    ),
    "CPU ms":
      Math.round((measured.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / measured.length) * 10) / 10,
  };
}

function percent(rows: Measured[], test: (row: Measured) => boolean): number {
  return mean(rows.map((row) => (test(row) ? 1 : 0)));
}

function mean(values: number[]): number {
  if (values.length === 0) return Number.NaN;
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1_000) / 10;
}
