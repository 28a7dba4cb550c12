import { create } from "@bufbuild/protobuf";
import { ToldSchema } from "@orrery/schema/simulation/v1";
import { describe, expect, it } from "vitest";
import { cutDue } from "./cut-due.ts";
import type { Written } from "./written.ts";

const CODE = "one";
const DAY_GS = 86_400;
const MIB = 1024 * 1024;
/** A shard in the middle of its tenth day, told of at the beginning of that day. */
const written = (
  atGs: number,
  { stateBytes = 1_000, ...change }: Partial<Written> & { stateBytes?: number } = {},
) =>
  ({
    shard: { atGs },
    told: create(ToldSchema, { codeVersion: CODE, day: 10 }),
    ledger: { bytes: stateBytes },
    tail: { bytes: 0, ms: 0 },
    recordBytes: 0,
    inputBytes: 0,
    cut: undefined,
    adopted: undefined,
    ...change,
  }) as unknown as Written;
const due = (one: Written) => cutDue(one, 7, CODE);

describe("a checkpoint is due", () => {
  it("each game day, of a small state", () => {
    expect(due(written(10.5 * DAY_GS))).toBeUndefined();
    expect(due(written(11 * DAY_GS))).toBe("told");
  });

  it("of a large one when what came in weighs more, or after a week", () => {
    const large = { stateBytes: 10 * MIB };
    expect(due(written(11 * DAY_GS, large))).toBeUndefined();
    expect(due(written(11 * DAY_GS, { ...large, recordBytes: 21 * MIB }))).toBe("told");
    expect(due(written(17 * DAY_GS, large))).toBe("told");
  });

  it.each([
    ["whose clock stands still", 10 * DAY_GS],
    ["that has no game time", Number.NEGATIVE_INFINITY],
  ])("of a world %s, when a fork would have too much to handle again", (_, atGs) => {
    expect(due(written(atGs, { inputBytes: 2 * MIB }))).toBeUndefined();
    expect(due(written(atGs, { inputBytes: 2 * MIB + 1 }))).toBe("told");
    expect(due(written(atGs, { inputBytes: 19 * MIB, stateBytes: 10 * MIB }))).toBeUndefined();
    expect(due(written(atGs, { inputBytes: 21 * MIB, stateBytes: 10 * MIB }))).toBe("told");
  });

  it("under other code at once, and never while a cut is under way", () => {
    expect(cutDue(written(10 * DAY_GS), 7, "another")).toBe("told");
    expect(due(written(11 * DAY_GS, { cut: {} as never }))).toBeUndefined();
  });
});
