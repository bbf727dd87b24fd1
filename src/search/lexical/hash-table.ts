/** A map by 32-bit key that says no at once to nearly all keys it does not hold. */
export function hashTable<T>(entries: ReadonlyMap<number, T>): (key: number) => T | undefined {
  const seen = new Uint8Array(1 << 12);
  for (const key of entries.keys()) seen[key & 0xfff] = 1;
  return (key) => (seen[key & 0xfff] === 1 ? entries.get(key) : undefined);
}
