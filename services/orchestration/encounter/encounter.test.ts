import { create, toBinary } from "@bufbuild/protobuf";
import {
  type EncounterState,
  EncounterStateSchema,
  FightFactsSchema,
  FightOrder,
  FightPhase,
  FightRole,
  PlanRequestSchema,
} from "@orrery/schema/orchestration/v1";
import { streamsOf } from "@orrery/simulation";
import { describe, expect, it } from "vitest";
import { direct } from "./direct.ts";
import { meleeTokens, plan } from "./plan.ts";

const BEAT_MS = 500;
const asked = (count: number, difficulty = 0.6, seed = "one") => {
  const random = streamsOf(seed, "test").stream("fighters");
  return create(PlanRequestSchema, {
    ...{
      difficulty,
      seed,
      targetId: "player:ada",
      targetStats: { vigor: 2, might: 0.5, guard: 0.5, pace: 0.5 },
    },
    exits: [
      { id: "north", xM: 0, yM: 40 },
      { id: "near", xM: 3, yM: 0 },
    ],
    fighters: Array.from({ length: count }, (_, at) => ({
      entityId: at === 1 ? "npc:__proto__" : `npc:${at}`,
      stats: {
        vigor: random.uniform(),
        might: random.uniform(),
        guard: random.uniform(),
        pace: random.uniform(),
      },
      ranged: at % 5 === 0,
      ...{ xM: 20 * random.uniform() - 10, yM: 20 * random.uniform() - 10 },
    })),
  });
};

/** Plays it: whoever is told to goes, strikes wound, now and then somebody falls. */
function played(state: EncounterState, ms: number, look: (beat: EncounterState, passedMs: number) => void) {
  const random = streamsOf(state.seed, "play").stream("luck");
  let facts = create(FightFactsSchema, { nowMs: 0 });
  for (let nowMs = 0; nowMs <= ms; nowMs += BEAT_MS) {
    const directives = direct(state, Object.assign(facts, { nowMs }));
    look(state, BEAT_MS);
    const striking = directives.filter(
      ({ order }) => order === FightOrder.STRIKE || order === FightOrder.SHOOT,
    );
    const standing = state.fighters.filter(({ out }) => !out);
    facts = create(FightFactsSchema, {
      moved: directives
        .filter(({ order }) => order === FightOrder.CLOSE_IN)
        .map(({ entityId, xM, yM }) => ({ entityId, xM, yM })),
      wounds: striking.filter(() => random.uniform() < 0.5).map(({ entityId: by }) => ({ by, damage: 0.12 })),
      lost: random.uniform() < 0.01 && standing.length > 12 ? [standing[0]?.entityId ?? ""] : [],
      ...{ targetXM: 4 * random.uniform(), targetYM: 4 * random.uniform() },
    });
  }
}

describe("an encounter", () => {
  it("of 40 over five minutes keeps tokens, places and pacing within their bounds at every beat", () => {
    const state = plan(asked(40));
    const since = new Map<string, number>();
    const released = new Map<string, number>();
    const phases: FightPhase[] = [];
    let peakMs = 0;
    played(state, 300_000, ({ fighters, phase, intensity, nowMs, relaxMs, phaseSinceMs }, passedMs) => {
      const holding = (ranged: boolean) =>
        fighters.filter((one) => one.ranged === ranged && one.tokenSinceMs >= 0);
      expect(holding(false).length).toBeLessThanOrEqual(meleeTokens(0.6));
      expect(holding(true).length).toBeLessThanOrEqual(2);
      const slots = fighters.filter(({ slot }) => slot >= 0).map(({ slot }) => slot);
      expect(new Set(slots).size).toBe(slots.length);
      expect(slots.every((slot) => slot < 8)).toBe(true);
      expect(intensity >= 0 && intensity <= 1).toBe(true);
      expect(fighters.every(({ morale }) => morale >= 0 && morale <= 1)).toBe(true);
      for (const { entityId, tokenSinceMs, out } of fighters) {
        const before = since.get(entityId) ?? -1;
        if (tokenSinceMs >= 0 && before !== tokenSinceMs)
          expect(nowMs - (released.get(entityId) ?? -1e9)).toBeGreaterThanOrEqual(1_500);
        if (tokenSinceMs >= 0) expect(nowMs - tokenSinceMs).toBeLessThan(4_000 + passedMs);
        if (before >= 0 && tokenSinceMs < 0 && !out) released.set(entityId, nowMs);
        since.set(entityId, tokenSinceMs);
      }
      if (phases.at(-1) !== phase) phases.push(phase);
      peakMs = phase === FightPhase.PEAK ? peakMs + passedMs : 0;
      expect(peakMs).toBeLessThanOrEqual(5_000 + 2 * passedMs);
      if (phase === FightPhase.RELAX) {
        expect([...holding(false), ...holding(true)]).toEqual([]);
        expect(relaxMs >= 30_000 && relaxMs <= 45_000 && nowMs - phaseSinceMs <= 45_000).toBe(true);
      }
    });
    const { BUILD_UP, PEAK, RELAX } = FightPhase;
    expect(phases.slice(0, 4)).toEqual([BUILD_UP, PEAK, RELAX, BUILD_UP]);
  });

  it("keeps newcomers out of it while there is rest, and lets them in with the next build-up", () => {
    const state = plan(asked(6));
    let nowMs = 0;
    const beat = (more: object = {}) =>
      direct(state, create(FightFactsSchema, { nowMs: (nowMs += BEAT_MS), ...more }));
    beat({ wounds: [{ by: "npc:0", damage: 5 }] });
    while (state.phase !== FightPhase.RELAX) beat();
    const orderOf = () =>
      beat({ come: [{ entityId: "npc:new", stats: { pace: 1 } }] }).find(
        ({ entityId }) => entityId === "npc:new",
      )?.order;
    expect(orderOf()).toBe(FightOrder.HOLD);
    while (state.phase === FightPhase.RELAX) beat();
    expect(orderOf()).not.toBe(FightOrder.HOLD);
    expect(state.fighters.filter(({ entityId }) => entityId === "npc:new")).toHaveLength(1);
  });

  it("is the same of the same seed and facts, to the byte, and another of another seed", () => {
    const run = (seed: string) => {
      const state = plan(asked(12, 0.6, seed));
      played(state, 60_000, () => undefined);
      return toBinary(EncounterStateSchema, state);
    };
    expect(Buffer.compare(run("one"), run("one"))).toBe(0);
    expect(Buffer.compare(run("one"), run("two"))).not.toBe(0);
  });

  it("breaks: who loses heart leaves by the exit that is farthest from the target, or yields", () => {
    const state = plan(asked(10));
    expect(state.fighters.filter(({ role }) => role === FightRole.LEADER)).toHaveLength(1);
    const leader = state.fighters.find(({ role }) => role === FightRole.LEADER)?.entityId ?? "";
    const others = state.fighters
      .filter(({ entityId }) => entityId !== leader)
      .map(({ entityId }) => entityId);
    const facts = (nowMs: number, lost: readonly string[]) =>
      create(FightFactsSchema, { nowMs, lost: [...lost] });
    expect(direct(state, facts(1, [leader])).some(({ order }) => order === FightOrder.RETREAT)).toBe(false);
    const after = direct(state, facts(2, others.slice(0, 2)));
    expect(
      after.filter(({ order }) => order === FightOrder.RETREAT).every(({ exitId }) => exitId === "north"),
    ).toBe(true);
    expect(after.filter(({ order }) => order === FightOrder.RETREAT)).toHaveLength(7);
    const brave = plan(asked(10));
    direct(
      brave,
      facts(
        1,
        brave.fighters.slice(0, 5).map(({ entityId }) => entityId),
      ),
    );
    expect(brave.fighters.slice(5).map(({ order }) => order)).toContain(FightOrder.YIELD);
  });

  it("of 40 is planned within 5 ms, and what cannot be one is refused", () => {
    plan(asked(40));
    const began = performance.now();
    for (let times = 0; times < 20; times++) plan(asked(40, 0.6, `s${times}`));
    expect((performance.now() - began) / 20).toBeLessThan(5);
    for (const wrong of [asked(0), asked(101), asked(3, Number.NaN), asked(3, 2)])
      expect(() => plan(wrong)).toThrow(/ORCH_INPUT_INVALID/);
    const twice = asked(2);
    twice.fighters.push(...twice.fighters);
    expect(() => plan(twice)).toThrow(/is there twice/);
    const state = plan(asked(3));
    direct(
      state,
      create(FightFactsSchema, {
        nowMs: 10,
        lost: ["npc:constructor"],
        wounds: [{ by: "nobody", damage: 1 }],
      }),
    );
    expect(() => direct(state, create(FightFactsSchema, { nowMs: 9 }))).toThrow(/now_ms 9 after 10/);
  });
});
