import type { CheckBody, DiagnosedBody, DiagnosisBody } from "../protocol/diagnosis.ts";

const SIGNS: Record<CheckBody["status"], string> = {
  ok: "ok",
  warning: "WARNING",
  failed: "FAILED",
  skipped: "-",
};
const NAME_WIDTH = 18;
const STATUS_WIDTH = 8;
const TIME_WIDTH = 9;
const MARGIN = 2;

/** Findings for people at a terminal: a block for each target, a line for each check, and below it what to do. */
export function diagnosisTable({ status, ms, targets }: DiagnosisBody): string {
  const checks = targets.flatMap((target) => target.checks);
  const count = (wanted: CheckBody["status"]): number =>
    checks.filter((check) => check.status === wanted).length;
  const verdict =
    status === "ok"
      ? "Nothing is wrong."
      : `${count("failed")} failed, ${count("warning")} to look at.`;
  const summary = `${verdict} ${checks.length} checks of ${targets.length} things in ${(ms / 1000).toFixed(1)} s.`;
  return `${[...targets.map(blockOf), summary].join("\n\n")}\n`;
}

function blockOf({ kind, name, type, checks }: DiagnosedBody): string {
  const title = [kind, ...(kind === name ? [] : [name]), ...(type === null ? [] : [`(${type})`])];
  return [title.join(" "), ...checks.flatMap(linesOf)].join("\n");
}

function linesOf({ name, status, ms, detail, next_step: next }: CheckBody): string[] {
  const time = ms === 0 ? "" : `${ms} ms`;
  const columns = [
    " ".repeat(MARGIN),
    name.padEnd(NAME_WIDTH),
    SIGNS[status].padEnd(STATUS_WIDTH),
    time.padStart(TIME_WIDTH - 2).padEnd(TIME_WIDTH),
  ].join("");
  const indent = " ".repeat(columns.length);
  const [first = "", ...rest] = detail.split("\n");
  return [
    `${columns}${first}`.trimEnd(),
    ...rest.map((line) => `${indent}${line}`),
    ...(next === null ? [] : [`${indent}→ ${next}`]),
  ];
}
