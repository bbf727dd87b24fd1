/** Shorter ones would blacken words. */
const SHORTEST = 4;

/** The text with every one of the secrets replaced by `***`. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  // Longest first: one secret may be a part of another.
  return [...secrets]
    .filter((secret) => secret.length >= SHORTEST)
    .toSorted((left, right) => right.length - left.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
}
