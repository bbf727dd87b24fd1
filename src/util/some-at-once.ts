export interface Work<Item, Result> {
  most: number;
  work: (item: Item) => Promise<Result>;
}

/** What becomes of each, in their order; no more than `most` are worked on at a time. */
export async function someAtOnce<Item, Result>(
  items: readonly Item[],
  { most, work }: Work<Item, Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const [index, item] = one;
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: most }, next));
  return results;
}
