/** A word that stands in a passage in part, or in another form, counts this much of that part … */
const PART_CREDIT = 0.7;
/** … when at least this share of it does. Less is chance: a few letters of a word stand in every passage. */
const LEAST_PART = 0.6;

/** What a word counts for, 0…1, of whose terms or letters this share (0…1) stands in a passage. */
export function creditOf(share: number): number {
  return share < LEAST_PART ? 0 : PART_CREDIT * share;
}
