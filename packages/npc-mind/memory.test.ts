import { create } from "@bufbuild/protobuf";
import { type Memory, MemorySchema, MemorySource, RelationBand, type Relation } from "@orrery/schema/npc/v1";
import { FactSchema, Predicate } from "@orrery/schema/world/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retold, toTell, worthOf } from "./gossip.ts";
import { isLost, memoryScore, MOST_MEMORIES, remember } from "./memory.ts";
import {
  bandOf,
  KIN_AFFINITY,
  MOST_RELATIONS,
  moveRelation,
  relationNews,
  relationScore,
  relationTo,
  settleRelation,
} from "./relations.ts";

const DAY = 86_400;
let origins = 0;
const factOf = (object: string, predicate: Predicate = Predicate.SHORT_OF) =>
  create(FactSchema, { subject: "region:a", predicate, object });
const memory = (over: Omit<Partial<Memory>, "$typeName" | "$unknown"> = {}): Memory =>
  create(MemorySchema, {
    fact: factOf(`good:${++origins}`),
    importance: 0.5,
    valence: -0.5,
    confidence: 1,
    source: MemorySource.WITNESSED,
    originPublisher: "world-state/w",
    originSequence: origins,
    ...over,
  });

describe("a memory", () => {
  it("fades by half in three days, what matters most in thirty", () => {
    expect(memoryScore({ importance: 0.0001, atGs: 0 }, 3 * DAY)).toBeCloseTo(0.00005, 7);
    expect(memoryScore({ importance: 1, atGs: 0 }, 30 * DAY)).toBeCloseTo(0.5, 9);
    expect(isLost({ importance: 0.1, atGs: 0 }, 10 * DAY)).toBe(true);
    expect(isLost({ importance: 0.9, atGs: 0 }, 10_000 * DAY)).toBe(false);
  });

  it("of the same event is taken in once, however often it is told", () => {
    const memories: Memory[] = [];
    const first = memory();
    expect(remember(memories, first, 0)).toBe(true);
    expect(remember(memories, retold(first, "npc:x", 1, 5), 5)).toBe(false);
    expect(memories).toEqual([first]);
  });

  it("that is newer about the same thing takes the place of the older one, and not the other way round", () => {
    const memories: Memory[] = [];
    const short = memory({ fact: factOf("good:bread") });
    const again = memory({ fact: factOf("good:bread", Predicate.HAS_AGAIN) });
    remember(memories, short, 0);
    remember(memories, again, 1);
    expect(memories).toEqual([again]);
    expect(remember(memories, short, 2)).toBe(false);
  });

  it("that weighs least goes where there are too many", () => {
    const memories: Memory[] = [];
    const light = memory({ importance: 0.2 });
    remember(memories, light, 0);
    for (let i = 0; i < MOST_MEMORIES; i++) remember(memories, memory(), 0);
    expect(memories).toHaveLength(MOST_MEMORIES);
    expect(memories).not.toContain(light);
  });
});

describe("gossip", () => {
  const traits = { extraversion: 1 };

  it("is at most two things, the worthiest first, that are news to the listener", () => {
    const [dull, known, grave, sad] = [
      memory({ importance: 0.1 }),
      memory({ importance: 0.9, valence: -1 }),
      memory({ importance: 0.8, valence: -1 }),
      memory({ importance: 0.6 }),
    ];
    const told = toTell([dull, known, grave, sad], [retold(known, "npc:y", 0, 0)], traits, 0, () => 0);
    expect(told).toEqual([grave, sad]);
    expect(toTell([grave], [], traits, 0, () => 0.99)).toEqual([]);
    expect(worthOf(grave, { extraversion: 0 })).toBeCloseTo(0.4, 9);
  });

  it("goes through six mouths, each of which takes a fifth of how sure one may be, more where there is no trust", () => {
    let heard = memory();
    for (let hop = 1; hop <= 6; hop++) {
      heard = retold(heard, `npc:${hop}`, 1, hop);
      expect([heard.hops, heard.tellerId, heard.source]).toEqual([hop, `npc:${hop}`, MemorySource.TOLD]);
      expect(heard.confidence).toBeCloseTo(0.8 ** hop, 9);
    }
    expect(toTell([heard], [], traits, 0, () => 0)).toEqual([]);
    expect(retold(memory(), "npc:x", -1, 0).confidence).toBeCloseTo(0.4, 9);
  });
});

describe("a relation", () => {
  const all = (): Relation[] => [];

  it("is made once, in the order of ids; of too many the least familiar goes", () => {
    const relations = all();
    for (const id of ["npc:b", "npc:a", "npc:c", "npc:a"]) relationTo(relations, id, 0, 0);
    expect(relations.map(({ toId }) => toId)).toEqual(["npc:a", "npc:b", "npc:c"]);
    for (const relation of relations) relation.familiarity = 0.5;
    for (let i = 0; i < MOST_RELATIONS; i++) relationTo(relations, `npc:z${i}`, 0, 0);
    expect(relations).toHaveLength(MOST_RELATIONS);
    expect(relations.slice(0, 3).map(({ toId }) => toId)).toEqual(["npc:a", "npc:b", "npc:c"]);
  });

  it("fades to its baseline: kin come back to each other, strangers to nothing", () => {
    const [kin] = [relationTo(all(), "npc:k", 0, KIN_AFFINITY)];
    moveRelation(kin, { affinity: -1, trust: 1 });
    settleRelation(kin, 60 * DAY, KIN_AFFINITY);
    expect(kin.affinity).toBeCloseTo(-0.2, 9);
    expect(kin.trust).toBeCloseTo(0.5, 9);
    settleRelation(kin, 6_000 * DAY, KIN_AFFINITY);
    expect(kin.affinity).toBeCloseTo(KIN_AFFINITY, 9);
  });

  it("stays within its ranges whatever happens, and so does its score", () => {
    const step = fc.record({
      affinity: fc.double({ min: -3, max: 3, noNaN: true }),
      trust: fc.double({ min: -3, max: 3, noNaN: true }),
      respect: fc.double({ min: -3, max: 3, noNaN: true }),
      fear: fc.double({ min: -3, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const relation = relationTo(all(), "npc:x", 0, 0);
        for (const by of steps) moveRelation(relation, by);
        for (const value of [relation.affinity, relation.trust, relation.respect, relationScore(relation)])
          expect(Math.abs(value)).toBeLessThanOrEqual(1);
        expect(relation.fear).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  it("is told when it crosses the edge of a band by .05, or has moved by .15, and once", () => {
    expect(bandOf(0.12, RelationBand.NEUTRAL)).toBe(RelationBand.NEUTRAL);
    expect(bandOf(0.16, RelationBand.NEUTRAL)).toBe(RelationBand.WARM);
    expect(bandOf(0.06, RelationBand.WARM)).toBe(RelationBand.WARM);
    expect(bandOf(0.04, RelationBand.WARM)).toBe(RelationBand.NEUTRAL);
    expect(bandOf(-0.8)).toBe(RelationBand.NEMESIS);
    const relation = relationTo(all(), "npc:x", 0, 0);
    moveRelation(relation, { affinity: 0.3 });
    expect(relationNews(relation)).toBeUndefined();
    moveRelation(relation, { affinity: 0.1 });
    expect(relationNews(relation)).toMatchObject({
      bandBefore: RelationBand.NEUTRAL,
      bandAfter: RelationBand.WARM,
    });
    expect(relationNews(relation)).toBeUndefined();
  });
});
