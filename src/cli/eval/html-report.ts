import { changesSince, type EarlierRun, type Result, type Run } from "./run.ts";
import { type Measure, MEASURES } from "./score.ts";
import { percent } from "./table.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #17201b; --paper: #fcfdfb; --line: #dbe1d8; --good: #0d6a45; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ece8; --paper: #151a17; --line: #28302b; --good: #63cf9d; --bad: #ff9a8f; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: start; padding: .35rem .5rem; border-bottom: 1px solid var(--line); }
td.number { text-align: end; font-variant-numeric: tabular-nums; } .good { color: var(--good); } .bad { color: var(--bad); }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; } summary { cursor: pointer; } blockquote { margin: .4rem 0 .4rem 1rem; white-space: pre-wrap; }
`;

/** A page that needs nothing else: no scripts, nothing to load. Everything that was asked or answered is escaped. */
export function toHtmlReport(run: Run, earlier: EarlierRun | null): string {
  const { p50, p95 } = run.milliseconds;
  const settings = Object.entries(run.settings).map(([name, value]) => `${name}: ${value}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Evaluation</title><style>${STYLE}</style></head><body><main>
<h1>Evaluation</h1>
<p>${escape(new Date(run.created_at * 1000).toISOString())} · ${escape(settings.join(" · "))}</p>
<p>${run.results.length} questions · ${run.failed} failed · p50 ${p50} ms · p95 ${p95} ms · ${run.tokens} tokens</p>
${measuresTable(run, earlier)}
${changesSection(run, earlier)}
<h2>Questions</h2>
${run.results.map(questionDetails).join("\n")}
</main></body></html>
`;
}

function measuresTable({ measures }: Run, earlier: EarlierRun | null): string {
  const rows = Object.entries(measures).map(([measure, share]) => {
    const before = earlier?.measures[measure];
    const was = before === undefined ? "" : `${percent(before).toFixed(1)} %`;
    return `<tr><th scope="row">${escape(MEASURES[measure as Measure])}</th><td class="number">${percent(share).toFixed(1)} %</td><td class="number">${share.met}/${share.of}</td>${earlier === null ? "" : `<td class="number">${was}</td>`}</tr>`;
  });
  const head = `<tr><th scope="col">Measure</th><th scope="col">Share</th><th scope="col">Questions</th>${earlier === null ? "" : '<th scope="col">Before</th>'}</tr>`;
  return `<table><thead>${head}</thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function changesSection(run: Run, earlier: EarlierRun | null): string {
  if (earlier === null) return "";
  const changes = changesSince(earlier, run.results).map(
    ({ id, measure, isBetter }) =>
      `<li class="${isBetter ? "good" : "bad"}">${isBetter ? "better" : "worse"}: ${escape(id)}, ${escape(MEASURES[measure])}</li>`,
  );
  return `<h2>Changes</h2>${changes.length === 0 ? "<p>None.</p>" : `<ul>${changes.join("")}</ul>`}`;
}

function questionDetails(result: Result): string {
  const scores = Object.entries(result.scores).map(
    ([measure, isMet]) =>
      `<li class="${isMet ? "good" : "bad"}">${isMet ? "yes" : "no"}: ${escape(MEASURES[measure as Measure])}</li>`,
  );
  const isGood = Object.values(result.scores).every(Boolean);
  const citations = result.citations.map(
    ({ content, filepath, title, url }, index) =>
      `<p>[doc${index + 1}] ${escape(filepath ?? title ?? "")} ${escape(url ?? "")}</p><blockquote>${escape(content)}</blockquote>`,
  );
  return `<details><summary><span class="${isGood ? "good" : "bad"}">${isGood ? "✓" : "✗"}</span> ${escape(result.id)}: ${escape(result.question)}</summary>
<p>${escape(result.error ?? result.answer)}</p><ul>${scores.join("")}</ul>${citations.join("")}</details>`;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
