import { defineConfig } from "vitest/config";

/** `npm test` runs `unit` and `server`, `npm run conformance` is a project of its own; what needs something installed by hand has a project and a script of its own. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "scripts/**/*.test.ts", "web/src/**/*.test.ts"],
          pool: "forks",
        },
      },
      { extends: true, test: { name: "server", include: ["test/*.test.ts"], pool: "forks" } },
      {
        extends: true,
        test: { name: "engines", include: ["test/engines/*.test.ts"], pool: "forks" },
      },
      {
        extends: true,
        test: { name: "conformance", include: ["test/conformance/*.test.ts"], pool: "forks" },
      },
      {
        extends: true,
        test: {
          name: "web",
          include: ["test/web/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
        },
      },
    ],
  },
});
