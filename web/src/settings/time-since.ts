const UNITS = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** How long ago in the largest unit that is over; times to come are now. Unix seconds. */
export function timeSince(
  time: number,
  now: number,
): { count: number; unit: (typeof UNITS)[number][0] } {
  const passed = Math.max(0, now - time);
  const [unit, length] = UNITS.find(([, seconds]) => passed >= seconds) ?? ["minute", 60];
  return { count: Math.floor(passed / length), unit };
}
