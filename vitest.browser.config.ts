import { defineConfig } from "vitest/config";
import { paced } from "./packages/bus-conformance/pace.ts";

/** Suites that drive Chromium against a world of their own. */
export default defineConfig({
  test: {
    include: ["apps/**/*.browser.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    testTimeout: paced(120_000),
    hookTimeout: paced(120_000),
    // What a page shows comes over a socket: a second is for what is in memory.
    expect: { poll: { timeout: paced(10_000) } },
  },
});
