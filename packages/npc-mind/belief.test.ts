import { create } from "@bufbuild/protobuf";
import { type Belief, type Memory, MemorySchema } from "@orrery/schema/npc/v1";
import { Predicate } from "@orrery/schema/world/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold, knownTo, MOST_BELIEFS, reputeOf } from "./belief.ts";

let origins = 0;
type Over = Partial<Pick<Memory, "valence" | "confidence" | "importance">>;
const deed = (over: Over = {}, subject = "player:guest", predicate: Predicate = Predicate.AIDED): Memory =>
  create(MemorySchema, {
    fact: { subject, predicate, object: `npc:${++origins}` },
    ...{ importance: 0.6, valence: 0.7, confidence: 0.8, ...over },
    ...{ originPublisher: "npc-behavior/w", originSequence: origins },
  });
const slept = (memories: Memory[], beliefs: Belief[] = []) => {
  fold(memories, beliefs, 0);
  return { memories, beliefs };
};

describe("sleep", () => {
  it("makes a belief of three memories of one kind, as sure as they are together", () => {
    const { memories, beliefs } = slept([
      deed({ valence: 1 }),
      deed({ valence: 0, confidence: 0.4 }),
      deed(),
    ]);
    expect(memories).toEqual([]);
    expect(beliefs).toMatchObject([{ subject: "player:guest", predicate: Predicate.AIDED }]);
    expect(beliefs[0]?.confidence).toBeCloseTo(1 - 0.2 * 0.6 * 0.2, 9);
    expect(beliefs[0]?.value).toBeCloseTo((1 * 0.8 + 0 + 0.7 * 0.8) / 2, 9);
  });

  it("leaves two as they are, and three of different kinds", () => {
    const kept = [deed(), deed(), deed({}, "player:guest", Predicate.THREATENED)];
    expect(slept([...kept])).toEqual({ memories: kept, beliefs: [] });
  });

  it("lets a later one join, and a surer witness revise what is believed", () => {
    const { beliefs } = slept([
      deed({ confidence: 0.2 }),
      deed({ confidence: 0.2 }),
      deed({ confidence: 0.2 }),
    ]);
    const before = beliefs[0]!.value;
    slept([deed({ valence: -1, confidence: 1 })], beliefs);
    expect(beliefs).toHaveLength(1);
    expect(beliefs[0]?.confidence).toBe(1);
    expect(beliefs[0]!.value).toBeLessThan(before - 0.5);
  });

  it("keeps as a memory what matters most, and it counts once all the same", () => {
    const grave = deed({ importance: 0.95 });
    const { memories, beliefs } = slept([grave, deed(), deed()]);
    expect(memories).toEqual([grave]);
    slept(memories, beliefs);
    expect(beliefs[0]?.supports).toHaveLength(3);
    expect(knownTo({ memories, beliefs })).toHaveLength(3);
  });

  it("forms at most 48 beliefs of at most sixteen reasons, each within its ranges", () => {
    const shares = fc.double({ min: 0, max: 1, noNaN: true });
    const one = fc.tuple(fc.integer({ min: 0, max: 70 }), shares, shares);
    fc.assert(
      fc.property(fc.array(one, { maxLength: 400 }), (given) => {
        const { beliefs } = slept(
          given.map(([who, confidence, good]) =>
            deed({ confidence, valence: 2 * good - 1 }, `player:${who}`),
          ),
        );
        expect(beliefs.length).toBeLessThanOrEqual(MOST_BELIEFS);
        for (const { supports, value, confidence } of beliefs) {
          expect(supports.length).toBeLessThanOrEqual(16);
          expect(Math.abs(value)).toBeLessThanOrEqual(1);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("a name", () => {
  it("is nothing where no deed is known, good by good ones, bad by bad ones", () => {
    expect(reputeOf([], "player:guest")).toBe(0);
    expect(reputeOf([deed()], "player:other")).toBe(0);
    expect(reputeOf([deed(), deed()], "player:guest")).toBeGreaterThan(0.3);
    expect(reputeOf([deed({ valence: -1 }), deed({ valence: -1 })], "player:guest")).toBeLessThan(-0.3);
  });
});
