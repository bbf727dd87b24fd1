/** 32-bit FNV-1a over the UTF-16 code units. */
export function termHash(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at++) {
    hash = Math.imul(hash ^ term.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** Hash of two terms that follow each other, from their hashes. */
export function bigramHash(first: number, second: number): number {
  return Math.imul(first ^ Math.imul(second ^ 0x9e3779b9, 0x85ebca6b), 0xc2b2ae35) >>> 0;
}

/** Name of a bigram in the dictionary. No analyzed term starts with this character. */
export function bigramTerm(hash: number): string {
  return `\u0001${hash.toString(36)}`;
}
