export interface Work<Item, Result> {
  most: number;
  work: (item: Item) => Promise<Result>;
}

/** What becomes of each, with its position, as soon as it is there; no more than `most` are worked on at a time. */
export async function* asTheyCome<Item, Result>(
  items: readonly Item[],
  { most, work }: Work<Item, Result>,
): AsyncGenerator<[index: number, result: Result]> {
  const left = [...items.entries()];
  const running = new Map<number, Promise<[number, Result]>>();
  for (;;) {
    for (const [index, item] of left.splice(0, most - running.size))
      running.set(
        index,
        work(item).then((result) => [index, result]),
      );
    if (running.size === 0) return;
    const done = await Promise.race(running.values());
    running.delete(done[0]);
    yield done;
  }
}
