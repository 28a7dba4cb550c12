import { defineConfig } from "vitest/config";

/** Suites that need an emulator of SNS and SQS (ministack in PATH or MINISTACK); each test starts its own. */
export default defineConfig({
  test: {
    include: ["packages/**/*.aws.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
