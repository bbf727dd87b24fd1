import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { toReport } from "./support/report-table.ts";
import { readSpecDocuments, SPEC_FOLDER } from "./support/spec-documents.ts";
import { readTallies } from "./support/tally.ts";

/** `npm run conformance`: runs the suite, prints what it covered; `-- --write` puts that into docs/conformance.md. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = join(ROOT, "docs/conformance.md");
const BEGIN = "<!-- report: begin -->";
const END = "<!-- report: end -->";

const folder = await mkdtemp(join(tmpdir(), "groundwire-conformance-"));
const code = await runSuite(folder);
const documents = SPEC_FOLDER ? await readSpecDocuments(SPEC_FOLDER) : null;
const report = toReport(await readTallies(folder), documents);
await rm(folder, { recursive: true, force: true });
process.stdout.write(`\n${report}\n`);
if (process.argv.includes("--write")) await writeInto(PAGE);
process.exitCode = code;

async function runSuite(tallies: string): Promise<number> {
  const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
  const child = spawn(process.execPath, [vitest, "run", "--project", "conformance"], {
    cwd: ROOT,
    env: { ...process.env, GROUNDWIRE_CONFORMANCE_TALLY: tallies },
    stdio: "inherit",
  });
  const [exitCode] = (await once(child, "exit")) as [number | null];
  return exitCode ?? 1;
}

async function writeInto(page: string): Promise<void> {
  if (documents === null)
    throw new Error("Without GROUNDWIRE_TEST_SPEC there is nothing to write.");
  const text = await readFile(page, "utf8");
  const [before = ""] = text.split(BEGIN);
  const after = text.slice(text.indexOf(END));
  await writeFile(page, `${before}${BEGIN}\n\n${report}\n\n${after}`);
}
