import { describe, expect, it } from "vitest";
import { createHealth } from "./health.ts";

describe("health", () => {
  it("keeps a process in traffic that only has something to be looked at", () => {
    const health = createHealth({});
    health.add({ name: "waiting", kind: "notice", ask: () => "one waits long" });
    expect(health.report()).toMatchObject({
      healthy: true,
      ready: true,
      checks: [{ name: "waiting", problem: "one waits long" }],
    });
    health.add({ name: "database", kind: "dependency", ask: () => "away" });
    expect(health.report()).toMatchObject({ healthy: true, ready: false });
    health.add({ name: "work", kind: "progress", ask: () => "stands still" });
    expect(health.report()).toMatchObject({ healthy: false, ready: false });
  });
});
