/** How far a matched passage is widened by its neighbours for reading. */
export interface Reading {
  /** Most neighbours on each side. */
  neighbours: number;
  /** Most characters in all; the matched passage itself may be longer. */
  length: number;
}

/** Grows from the matched passage outwards, without gaps, while the length allows. `passages` in any order, some may be missing. */
export function widen<T extends { ordinal: number; text: string }>(
  passages: T[],
  {
    center,
    length: limit,
    isMatch,
  }: {
    /** Ordinal of the matched passage. */
    center: number;
    length: number;
    /** A neighbour that matched by itself comes first; others only fill the room that is left. */
    isMatch: (ordinal: number) => boolean;
  },
): T[] {
  const byOrdinal = new Map(passages.map((passage) => [passage.ordinal, passage]));
  const middle = byOrdinal.get(center);
  if (!middle) return [];
  const window = [middle];
  let length = middle.text.length;
  for (;;) {
    const sides = [
      byOrdinal.get((window.at(-1)?.ordinal ?? center) + 1),
      byOrdinal.get((window[0]?.ordinal ?? center) - 1),
    ];
    const next = sides
      .filter((side) => side !== undefined)
      .toSorted((left, right) => Number(isMatch(right.ordinal)) - Number(isMatch(left.ordinal)))
      .find((side) => length + side.text.length <= limit);
    if (!next) return window;
    if (next.ordinal > center) window.push(next);
    else window.unshift(next);
    length += next.text.length;
  }
}
