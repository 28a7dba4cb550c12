import { defineConfig } from "vitest/config";

/** Suites that work on a copy of the repository, as somebody would who builds on it. */
export default defineConfig({
  test: {
    include: ["apps/**/*.scaffold.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
