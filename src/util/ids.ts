import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `file-3fK…`: the prefix and as many random letters and digits (24 by default: 142 bits). */
export function newId(prefix: string, length = 24): string {
  let id = prefix;
  while (id.length < prefix.length + length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: beyond it some letters would be likelier than others.
      if (byte < 248 && id.length < prefix.length + length) id += ALPHABET.charAt(byte % 62);
    }
  }
  return id;
}
