import { hash } from "node:crypto";
import { newId } from "../util/ids.ts";

/** By it a key is known for one in logs of others and by secret scanners. */
export const KEY_PREFIX = "gw_";
/** 238 bits. */
const KEY_LENGTH = 40;

export function newKeyText(): string {
  return newId(KEY_PREFIX, KEY_LENGTH);
}

/** SHA-256: keys are as random as the digest, so that nothing slower is needed to hide them. */
export function digestOf(key: string): Buffer {
  return hash("sha256", key, "buffer");
}
