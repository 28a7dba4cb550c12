import { defineConfig } from "vitest/config";
import { paced } from "./packages/bus-conformance/pace.ts";

/** Suites that work on a copy of the repository, as somebody would who builds on it. */
export default defineConfig({
  test: {
    include: ["apps/**/*.scaffold.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: paced(240_000),
    hookTimeout: paced(120_000),
  },
});
