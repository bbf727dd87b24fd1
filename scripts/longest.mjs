// Prints the ten longest files and functions, so that growth shows in review; fails above the hard limit of files.
// The limit of functions is the linter's, which counts without comments and blank lines; here they count.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";

const HARD_LIMIT = 400;
const EXCEPTED = /\.test\.tsx?$|src[\\/]testing[\\/]/u;

const files = globSync(["src/**/*.ts", "web/src/**/*.{ts,tsx}"])
  .filter((path) => !EXCEPTED.test(path))
  .map((path) => ({ name: path, lines: readFileSync(path, "utf8").split("\n").length - 1 }));

print("Longest files", files);
print("Longest functions", longFunctions());

const tooLong = files.filter(({ lines }) => lines > HARD_LIMIT);
if (tooLong.length > 0) {
  console.error(
    `Over ${HARD_LIMIT} lines: ${tooLong.map(({ name }) => name).join(", ")}. Split by purpose.`,
  );
  process.exit(1);
}

function print(title, entries) {
  console.log(title);
  const longest = entries.toSorted((left, right) => right.lines - left.lines).slice(0, 10);
  for (const { name, lines } of longest) console.log(`${String(lines).padStart(5)}  ${name}`);
}

/** Functions of more than 50 lines: the linter parses, its rule's default limit makes it name them. */
function longFunctions() {
  const flags = ["-A", "all", "-W", "max-lines-per-function", "-f", "json"];
  const report = execFileSync("oxlint", [...flags, "src", "web/src"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
  });
  return JSON.parse(report)
    .diagnostics.filter(({ filename }) => !EXCEPTED.test(filename))
    .map(({ filename, message, labels }) => ({
      name: `${filename}:${labels[0].span.line} ${/`(.+)`/u.exec(message)?.[1] ?? ""}`.trim(),
      lines: Number(/\((\d+)\)/u.exec(message)?.[1]),
    }));
}
