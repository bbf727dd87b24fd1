// Prints the ten longest source files, so that growth shows in review; fails above the hard limit of the house rules.
// (The longest functions are the linter's: max-lines-per-function.)
import { globSync, readFileSync } from "node:fs";

const HARD_LIMIT = 400;

const files = globSync(["src/**/*.ts", "web/src/**/*.{ts,tsx}"])
  .filter((path) => !/\.test\.tsx?$|src\/testing\//u.test(path))
  .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }))
  .toSorted((left, right) => right.lines - left.lines);
for (const { path, lines } of files.slice(0, 10))
  console.log(`${String(lines).padStart(5)}  ${path}`);
const tooLong = files.filter(({ lines }) => lines > HARD_LIMIT);
if (tooLong.length > 0) {
  console.error(
    `Over ${HARD_LIMIT} lines: ${tooLong.map(({ path }) => path).join(", ")}. Split by purpose.`,
  );
  process.exit(1);
}
