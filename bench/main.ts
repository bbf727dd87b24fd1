/** Runs one benchmark: npm run bench -- NAME […]; without a name, the figures of this machine. Never part of the tests. */
const BENCHMARKS: Record<string, () => Promise<unknown>> = {
  speed: () => import("./speed.ts"),
  retrieval: () => import("./retrieval.ts"),
  collections: () => import("./collections.ts"),
  answers: () => import("./answers.ts"),
  grounded: () => import("./grounded.ts"),
  interpreter: () => import("./interpreter.ts"),
  conversations: () => import("./conversations.ts"),
  page: () => import("./page.ts"),
};

const name = process.argv[2] ?? "speed";
const run = BENCHMARKS[name];
if (!run) {
  console.error(`There is no benchmark ${name}: ${Object.keys(BENCHMARKS).join(", ")}.`);
  process.exit(2);
}
// Each reads the arguments that are left.
process.argv.splice(2, 1);
await run();
