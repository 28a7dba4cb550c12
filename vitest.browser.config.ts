import { defineConfig } from "vitest/config";

/** Suites that drive Chromium against a world of their own. */
export default defineConfig({
  test: {
    include: ["apps/**/*.browser.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
