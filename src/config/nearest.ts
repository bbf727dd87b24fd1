/** The name most like the one given (fewest letters to change); null when there are none. */
export function nearest(name: string, known: readonly string[]): string | null {
  return known.reduce<string | null>(
    (best, candidate) =>
      best === null || distance(name, candidate) < distance(name, best) ? candidate : best,
    null,
  );
}

/** Levenshtein distance. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
