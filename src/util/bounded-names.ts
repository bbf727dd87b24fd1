/** Stands for every name that came too late. */
const OTHERS = "(others)";

/** Lets the first `most` names be themselves: where callers make up names, what is kept of each must not grow without end. */
export function createBoundedNames(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.size < most) known.add(name);
    return known.has(name) ? name : OTHERS;
  };
}
