import { defineConfig } from "vitest/config";
import { paced } from "./packages/bus-conformance/pace.ts";

export default defineConfig({
  test: {
    include: ["{packages,services,apps,bench,claims,tools,schema}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.{postgres,nats,aws,browser,scaffold}.test.ts"],
    pool: "threads",
    maxWorkers: 2,
    // No test changes what a module holds: modules are read once a worker, not once a file, which is a third of all the time.
    isolate: false,
    testTimeout: paced(30_000),
    hookTimeout: paced(20_000),
  },
});
