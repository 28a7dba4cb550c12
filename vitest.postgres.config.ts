import { defineConfig } from "vitest/config";
import { paced } from "./packages/bus-conformance/pace.ts";

/** Suites that need a PostgreSQL server; each file starts or shares one of its own. */
export default defineConfig({
  test: {
    include: ["{packages,services}/**/*.postgres.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: paced(60_000),
    hookTimeout: paced(60_000),
  },
});
