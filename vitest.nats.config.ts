import { defineConfig } from "vitest/config";

/** Suites that need a nats-server (PATH or NATS_SERVER); each file starts servers of its own. */
export default defineConfig({
  test: {
    include: ["packages/**/*.nats.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
