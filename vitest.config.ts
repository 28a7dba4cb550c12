import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{packages,services,apps,bench,claims,tools,schema}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.{postgres,nats,aws,browser,scaffold}.test.ts"],
    pool: "threads",
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
