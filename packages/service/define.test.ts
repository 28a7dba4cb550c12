import { describe, expect, it } from "vitest";
import { defineService } from "./define.ts";
import type { Part } from "./kit.ts";

const part = (name: string): Part => ({
  name,
  publishes: [],
  subscribes: [],
  start: async () => ({ handle: undefined, stop: async () => {} }),
});
const service = (parts: readonly string[], aggregate?: string) =>
  defineService({
    id: "tide-manager",
    summary: "-",
    parts: parts.map(part),
    ...(aggregate !== undefined && { aggregate: part(aggregate) }),
  });

describe("a service", () => {
  it("has parts of different names", () => {
    expect(service(["driver", "history"], "aggregate").parts).toHaveLength(2);
  });

  it.each([
    ["two parts of one name", ["driver", "history", "driver"], undefined],
    ["a second aggregate, which would live in the rows of the first", ["aggregate"], "aggregate"],
    ["names that objects have", ["constructor", "constructor"], undefined],
  ])("is refused with %s", (_what, parts, aggregate) => {
    expect(() => service(parts, aggregate)).toThrow(/SERVICE_PART_TWICE.*tide-manager/);
  });
});
