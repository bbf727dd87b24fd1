import { countTokens as countO200k } from "gpt-tokenizer/encoding/o200k_base";

/** Byte-pair merging is superlinear in the length of one unbroken run; longer runs are cut before encoding. */
const LONGEST_RUN = 2_000;
const UNBROKEN_RUN = new RegExp(`\\S{${LONGEST_RUN}}`, "gu");

/** Tokens of the o200k_base encoding. Text that spells a special token (`<|endoftext|>`) counts as ordinary text. */
export function countTokens(text: string): number {
  const encodable = text.length > LONGEST_RUN ? text.replace(UNBROKEN_RUN, "$& ") : text;
  return countO200k(encodable, { disallowedSpecial: new Set() });
}
