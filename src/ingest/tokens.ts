import { countTokens as countO200k } from "gpt-tokenizer/encoding/o200k_base";

/** Byte-pair merging is superlinear in the length of one unbroken run; longer runs are cut before encoding. */
const LONGEST_RUN = 2_000;
const UNBROKEN_RUN = new RegExp(`\\S{${LONGEST_RUN}}`, "gu");
/** Of a UTF-16 code unit in UTF-8; no token is shorter than a byte. */
const MOST_BYTES = 3;
/** Characters of a token. */
const USUAL_LENGTH = 4;
/** Longer texts are never counted whole: tokens longer than this on average are no text. */
const LONGEST_USUAL = 16;

/** Tokens of the o200k_base encoding. Text that spells a special token (`<|endoftext|>`) counts as ordinary text. */
export function countTokens(text: string): number {
  const encodable = text.length > LONGEST_RUN ? text.replace(UNBROKEN_RUN, "$& ") : text;
  return countO200k(encodable, { disallowedSpecial: new Set() });
}

/** Longer texts are not counted but estimated, in characters: counting would hold everybody else up. */
const COUNTED = 200_000;

/** The same, estimated for texts of more than 200,000 characters. */
export function estimateTokens(text: string): number {
  return text.length > COUNTED ? Math.ceil(text.length / USUAL_LENGTH) : countTokens(text);
}

/** The beginning of a text, at most so many tokens long. No more of the text is read than that takes. */
export function cutTokens(text: string, limit: number): string {
  if (text.length * MOST_BYTES <= limit) return text;
  const most = Math.max(0, limit);
  let kept = "";
  let left = most;
  for (let at = 0; at < text.length; at += LONGEST_RUN) {
    const piece = text.slice(at, at + LONGEST_RUN);
    const tokens = countTokens(piece);
    if (tokens > left) {
      kept += piece.slice(0, longestWithin(piece, left));
      break;
    }
    kept += piece;
    left -= tokens;
  }
  // Pieces put together may take a few tokens more than each alone.
  for (let excess = countTokens(kept) - most; excess > 0; excess = countTokens(kept) - most) {
    kept = kept.slice(0, -excess * USUAL_LENGTH);
  }
  return kept.length < text.length ? kept.replace(/[\uD800-\uDBFF]$/u, "") : kept;
}

/** The most code units of a piece that take no more tokens than `limit`. */
function longestWithin(piece: string, limit: number): number {
  let [least, most] = [0, piece.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (countTokens(piece.slice(0, middle)) <= limit) least = middle;
    else most = middle - 1;
  }
  return least;
}

/** Share of the beginning when the middle of a text is left out. */
const BEGINNING = 0.6;
const LEFT_OUT = " … ";

/** A text in at most so many tokens, its beginning and its end: what is asked often stands at the end of a long message. */
export function keepEnds(text: string, limit: number): string {
  const isShort = text.length <= limit * LONGEST_USUAL && countTokens(text) <= limit;
  if (isShort) return text;
  const room = limit - countTokens(LEFT_OUT);
  if (room <= 0) return cutTokens(text, limit);
  const beginning = cutTokens(text, Math.floor(room * BEGINNING));
  return beginning + LEFT_OUT + cutStart(text, room - Math.ceil(room * BEGINNING));
}

/** The end of a text, at most so many tokens long. */
function cutStart(text: string, limit: number): string {
  let kept = text.slice(-limit * LONGEST_USUAL);
  for (let tokens = countTokens(kept); tokens > limit; tokens = countTokens(kept)) {
    kept = kept.slice(Math.max(1, Math.floor(kept.length * (1 - limit / tokens))));
  }
  return kept.replace(/^[\uDC00-\uDFFF]/u, "");
}
