/**
 * Keeps the `limit` greatest of the items it is given; `compare` as for sorting, greater is better. `least` is the item
 * that the next one must beat, undefined while there is room.
 */
export function bestOf<T>(
  limit: number,
  compare: (left: T, right: T) => number,
): { add(item: T): void; least(): T | undefined; items(): T[] } {
  const heap: T[] = [];

  const less = (left: number, right: number): boolean =>
    compare(heap[left] as T, heap[right] as T) < 0;
  const swap = (left: number, right: number): void => {
    [heap[left], heap[right]] = [heap[right] as T, heap[left] as T];
  };

  function rise(at: number): void {
    for (
      let parent = (at - 1) >> 1;
      at > 0 && less(at, parent);
      at = parent, parent = (at - 1) >> 1
    )
      swap(at, parent);
  }

  function sink(): void {
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && less(child, least)) least = child;
      }
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  }

  return {
    add(item) {
      if (heap.length < limit) {
        heap.push(item);
        rise(heap.length - 1);
      } else if (limit > 0 && compare(item, heap[0] as T) > 0) {
        heap[0] = item;
        sink();
      }
    },
    least: () => (heap.length < limit ? undefined : heap[0]),
    items: () => heap.toSorted((left, right) => compare(right, left)),
  };
}
