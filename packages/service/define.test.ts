import { CodeAdopted, IntakeCommitted, SubjectErased } from "@orrery/schema/bus/v1";
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

  it("is refused with a part that would keep for ever, by its neighbours, what passes with game days", () => {
    const says = (publishes: Part["publishes"]) =>
      defineService({ id: "tide-manager", summary: "-", parts: [{ ...part("tides"), publishes }] });
    expect(() => says([CodeAdopted, IntakeCommitted])).toThrow(
      /SERVICE_LANE_MIXED.*tide-manager, part tides: bus\.v1\.IntakeCommitted passes and bus\.v1\.CodeAdopted is kept, both in lane bulk/,
    );
    expect(says([IntakeCommitted, SubjectErased]).parts).toHaveLength(1);
  });
});
