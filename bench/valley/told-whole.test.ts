import { ActPhase, MoveState } from "@orrery/schema/npc/v1";
import { describe, expect, it } from "vitest";
import { brokenActs, brokenWays } from "./told-whole.ts";

const { STARTED, COMPLETED, INTERRUPTED } = ActPhase;
const { DEPARTED, CROSSED, ARRIVED, HALTED } = MoveState;
const acts = (...told: readonly (readonly [npcId: string, activityId: string, phase: ActPhase])[]) =>
  brokenActs(told.map(([npcId, activityId, phase], atGs) => ({ npcId, activityId, phase, atGs })));
const ways = (...told: readonly (readonly [npcId: string, toPlaceId: string, state: MoveState])[]) =>
  brokenWays(told.map(([npcId, toPlaceId, state], atGs) => ({ npcId, toPlaceId, state, atGs })));

describe("what people did", () => {
  it("is whole when each began what they ended, and nobody two things at once", () => {
    expect(
      acts(["a", "eat", STARTED], ["b", "eat", STARTED], ["a", "eat", COMPLETED], ["b", "eat", INTERRUPTED]),
    ).toEqual([]);
    expect(acts(["a", "eat", STARTED], ["a", "work", STARTED])).toEqual(["a began work at 1 and was at eat"]);
    expect(acts(["a", "eat", STARTED], ["a", "eat", COMPLETED], ["a", "eat", COMPLETED])).toHaveLength(1);
    expect(acts(["constructor", "eat", COMPLETED])).toEqual([
      "constructor ended eat at 0 and was at nothing",
    ]);
  });
});

describe("where people went", () => {
  it("is whole when each set out before they went on, came or stood, and not twice", () => {
    expect(ways(["a", "inn", DEPARTED], ["a", "inn", CROSSED], ["a", "inn", ARRIVED])).toEqual([]);
    expect(ways(["a", "inn", DEPARTED], ["a", "", HALTED], ["a", "mill", DEPARTED])).toEqual([]);
    expect(ways(["a", "inn", DEPARTED], ["a", "mill", DEPARTED])).toHaveLength(1);
    expect(ways(["a", "inn", ARRIVED])).toEqual(["a went on to inn at 0 and had not set out"]);
    expect(ways(["a", "inn", DEPARTED], ["a", "inn", ARRIVED], ["a", "inn", ARRIVED])).toHaveLength(1);
  });
});
