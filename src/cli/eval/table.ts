import { changesSince, type EarlierRun, type Run, type Share } from "./run.ts";
import { type Measure, MEASURES } from "./score.ts";

/** The run as lines for a terminal, beside an earlier one when there is one. */
export function toTable(run: Run, earlier: EarlierRun | null): string {
  const width = Math.max(...Object.values(MEASURES).map((name) => name.length));
  const lines = Object.entries(run.measures).map(([measure, share]) => {
    const name = MEASURES[measure as Measure]; // the run's own keys
    const before = earlier?.measures[measure];
    const difference = before === undefined ? "" : `  ${signed(percent(share) - percent(before))}`;
    return `${name.padEnd(width)}  ${percent(share).toFixed(1).padStart(5)} %  ${share.met}/${share.of}${difference}`;
  });
  const { p50, p95 } = run.milliseconds;
  lines.push(
    "",
    `${run.results.length} questions · ${run.failed} failed · p50 ${p50} ms · p95 ${p95} ms · ${run.tokens} tokens`,
  );
  if (earlier !== null) lines.push(...changeLines(run, earlier));
  return `${lines.join("\n")}\n`;
}

function changeLines(run: Run, earlier: EarlierRun): string[] {
  const changes = changesSince(earlier, run.results);
  if (changes.length === 0) return ["No question is answered otherwise than before."];
  return changes.map(
    ({ id, measure, isBetter }) => `${isBetter ? "better" : "worse "}  ${id}: ${MEASURES[measure]}`,
  );
}

export function percent({ met, of }: Share): number {
  return (met / Math.max(1, of)) * 100;
}

function signed(difference: number): string {
  return `${difference >= 0 ? "+" : "−"}${Math.abs(difference).toFixed(1)}`;
}
