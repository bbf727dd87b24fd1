/** Byte arrays by key; the least recently used go when all together exceed the limit. */
export interface ByteCache {
  get<T extends ArrayBufferView>(key: string, load: () => T): T;
}

export function createByteCache(limit: number): ByteCache {
  const entries = new Map<string, ArrayBufferView>();
  let size = 0;
  return {
    get<T extends ArrayBufferView>(key: string, load: () => T): T {
      const known = entries.get(key);
      if (known) {
        entries.delete(key);
        entries.set(key, known);
        // A key is only ever loaded in one way.
        return known as T;
      }
      const value = load();
      entries.set(key, value);
      size += value.byteLength;
      for (const [oldest, { byteLength }] of entries) {
        if (size <= limit || oldest === key) break;
        entries.delete(oldest);
        size -= byteLength;
      }
      return value;
    },
  };
}
