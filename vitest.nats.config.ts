import { defineConfig } from "vitest/config";
import { paced } from "./packages/bus-conformance/pace.ts";

/** Suites that need a nats-server (PATH or NATS_SERVER); each file starts servers of its own. */
export default defineConfig({
  test: {
    include: ["packages/**/*.nats.test.ts"],
    pool: "threads",
    maxWorkers: 1,
    testTimeout: paced(60_000),
    hookTimeout: paced(60_000),
  },
});
