import { createCipheriv } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/**
 * Signatures say what a text does not hold, without the text: a Bloom filter of every one, two and three characters in a
 * row. A search passes over what cannot hold its words and reads the few texts that may. Bit n is bit n % 8, from the low
 * end, of byte n / 8. The places of a gram's bits are one block of AES under a key: who has no key cannot tell which
 * characters a bit stands for.
 */
export type Signature = Uint8Array;

/** Characters of a text that one signature stands for. Longer texts have several, of bounded size. */
const PIECE = 1_000;
/** A search is looked for by its first characters; each piece has as many of the next one, less one. */
const PROBED = 16;
const LONGEST_GRAM = 3;
/** Bits for each gram; with the sizes below about one of a hundred signatures has all bits of a gram that is not there. */
const BITS = 4;
const BYTES_PER_CHARACTER = 1.5;
const LEAST_BYTES = 64;
const BLOCK_BYTES = 16;
const KEY_BYTES = 32;

/** Of what has no text. */
export const NO_TEXT: Signature = new Uint8Array(1);

/** For stores that keep the texts themselves readable: it hides nothing. */
export const PUBLIC_KEY: Buffer = Buffer.alloc(KEY_BYTES);

/**
 * The signatures of a text, after `foldText`; none for an empty one. Long texts let others go between their pieces.
 * @param key 32 bytes.
 */
export async function signaturesOf(folded: string, key: Buffer): Promise<Signature[]> {
  const signatures: Signature[] = [];
  for (let start = 0; start < folded.length; start += PIECE) {
    if (start > 0) await setImmediate();
    signatures.push(signatureOf(folded.slice(start, start + PIECE + PROBED - 1), key));
  }
  return signatures;
}

function signatureOf(piece: string, key: Buffer): Signature {
  const signature = new Uint8Array(LEAST_BYTES + Math.ceil(piece.length * BYTES_PER_CHARACTER));
  const bits = signature.length * 8;
  const sizes = Array.from({ length: LONGEST_GRAM }, (_, index) => index + 1);
  for (const hash of hashesOf(
    sizes.flatMap((size) => gramsOf(piece, size)),
    key,
  )) {
    const bit = hash % bits;
    signature[bit >> 3] = (signature[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return signature;
}

/** What a signature is asked: for each hash, its bit (`hash % bits`) is set when the text holds what is searched. */
export type Probe = Uint32Array;

/** @param wanted After `foldText`; not empty. */
export function probeOf(wanted: string, key: Buffer): Probe {
  const grams = gramsOf(wanted.slice(0, PROBED), Math.min(LONGEST_GRAM, wanted.length));
  const hashes = hashesOf(grams, key);
  // One bit of each gram before the second of any: what is not there is noticed at the first bit of its rarest gram.
  return hashes.map(
    (_, index) => hashes[(index % grams.length) * BITS + Math.floor(index / grams.length)] ?? 0,
  );
}

/** False: the text does not hold it. True: it has to be read. */
export function mayHold(signature: Signature, probe: Probe): boolean {
  const bits = signature.length * 8;
  return probe.every((hash) => {
    const bit = hash % bits;
    return ((signature[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  });
}

/** Every so many characters in a row, each once. */
function gramsOf(text: string, size: number): string[] {
  const count = Math.max(0, text.length - size + 1);
  return [...new Set(Array.from({ length: count }, (_, start) => text.slice(start, start + size)))];
}

/** Numbers of 32 bits, `BITS` for each gram. A gram is at most 6 bytes, so that each is one block, and the blocks need no chaining. */
function hashesOf(grams: string[], key: Buffer): Uint32Array {
  const blocks = Buffer.alloc(grams.length * BLOCK_BYTES);
  for (const [index, gram] of grams.entries()) {
    blocks.writeUInt8(gram.length, index * BLOCK_BYTES);
    blocks.write(gram, index * BLOCK_BYTES + 2, "utf16le");
  }
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  const sealed = Buffer.concat([cipher.update(blocks), cipher.final()]);
  return Uint32Array.from({ length: grams.length * BITS }, (_, index) =>
    sealed.readUInt32LE(index * (BLOCK_BYTES / BITS)),
  );
}
