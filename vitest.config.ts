import { defineConfig } from "vitest/config";
import { paced } from "./packages/bus-conformance/pace.ts";

export default defineConfig({
  test: {
    include: ["{packages,services,apps,bench,claims,tools,schema}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.{postgres,nats,aws,browser,scaffold}.test.ts"],
    pool: "threads",
    maxWorkers: 2,
    testTimeout: paced(30_000),
    hookTimeout: paced(20_000),
  },
});
