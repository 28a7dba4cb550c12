import { defineConfig } from "vitest/config";
import { paced } from "./packages/bus-conformance/pace.ts";

/** Suites that need an emulator of SNS and SQS (ministack in PATH or MINISTACK); each test starts its own. */
export default defineConfig({
  test: {
    include: ["packages/**/*.aws.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: paced(90_000),
    hookTimeout: paced(60_000),
  },
});
