import { defineConfig } from "vitest/config";

/** Suites that need a PostgreSQL server; each file starts or shares one of its own. */
export default defineConfig({
  test: {
    include: ["{packages,services}/**/*.postgres.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
