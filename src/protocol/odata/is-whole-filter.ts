/**
 * True for a filter that ends where it says: one that closes a parenthesis it has not opened, or leaves a text open, could
 * undo the filter it is joined with.
 */
export function isWholeFilter(filter: string): boolean {
  // A quote within a text is written twice, which ends one text and begins another.
  const bare = filter.replaceAll(/'[^']*'/gu, "");
  let depth = 0;
  for (const letter of bare) {
    if (letter === "'") return false;
    if (letter === "(") depth++;
    if (letter === ")" && --depth < 0) return false;
  }
  return depth === 0;
}
