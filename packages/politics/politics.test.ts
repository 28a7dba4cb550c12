import { create } from "@bufbuild/protobuf";
import {
  ActionOutcome,
  BoostSchema,
  FactionAction,
  FactionInput,
  Stance,
  Treaty,
} from "@orrery/schema/world/v1";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { landsOf, treasuriesOf } from "./affairs.ts";
import { sharesOf } from "./control.ts";
import { drawsOf, livingAffairs, rowOfSix } from "./politics.testing.ts";
import { weigh } from "./weigh.ts";

const only = (action: FactionAction) => ({
  actions: [{ action, weight: 1, considers: [{ input: FactionInput.TREASURY, slope: 0, centre: 1 }] }],
});

describe("years of factions, whatever luck and hunger do", () => {
  it("lose no penny, keep every share and every value in its range, and no seat is ever lost", () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        (draws) => {
          const next = () => draws.next().value as number;
          const powers = rowOfSix();
          const { affairs, pass } = livingAffairs(powers, next, next);
          const money = () =>
            treasuriesOf(affairs) + affairs.tills.reduce((sum, till) => sum + till.money, 0);
          const before = money();
          for (let day = 0; day < 60; day++) {
            const { deeds } = pass();
            expect(money()).toBe(before);
            expect(new Set(deeds.map(({ party }) => party)).size).toBe(deeds.length);
            for (const control of affairs.controls) {
              const shares = sharesOf(control).map(({ share }) => share);
              expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
              expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
            }
            for (const { treasury, strength, weariness, power, grudges } of affairs.standings) {
              expect(treasury).toBeGreaterThanOrEqual(0);
              expect(Number.isInteger(treasury)).toBe(true);
              for (const level of [
                strength,
                weariness,
                power,
                ...Object.values(grudges).map(({ weight }) => weight),
              ]) {
                expect(level).toBeGreaterThanOrEqual(0);
                expect(level).toBeLessThanOrEqual(1);
              }
            }
            for (const { value, stance, treaty } of affairs.relations) {
              expect(Math.abs(value)).toBeLessThanOrEqual(1);
              if (stance === Stance.ALLIED) expect(treaty).toBe(Treaty.ALLIANCE);
            }
            powers.parties.forEach(({ id, seat }) => expect(affairs.controls[seat]?.holderId).toBe(id));
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it("are the same again by the same luck, and others by another", () => {
    const live = (seed: number) => {
      const { affairs, pass } = livingAffairs(rowOfSix(), drawsOf(seed));
      for (let day = 0; day < 200; day++) pass();
      return JSON.stringify(affairs);
    };
    expect(live(3)).toBe(live(3));
    expect(live(3)).not.toBe(live(4));
  });
});

describe("a faction", () => {
  it("does nothing again within five days, nothing that it cannot pay, and nothing that little speaks for", () => {
    const powers = rowOfSix(only(FactionAction.RECRUIT));
    const { affairs, pass } = livingAffairs(powers, drawsOf(1));
    const days: number[] = [];
    for (let day = 1; day <= 12; day++) if (pass().deeds.some(({ party }) => party === 0)) days.push(day);
    expect(days).toEqual([1, 6, 11]);
    affairs.standings[0]!.treasury = 1_999;
    const [poor] = weigh(powers, affairs, 0, { atGs: 30 * 86_400, hunger: () => 0 });
    expect(poor?.keptBy).toBe("it cannot pay for it");
    const dull = rowOfSix({
      actions: [
        {
          action: FactionAction.RECRUIT,
          weight: 0.3,
          considers: [{ input: FactionInput.NEED, slope: 0, centre: 1 }],
        },
      ],
    });
    expect(livingAffairs(dull, drawsOf(1)).pass().deeds).toEqual([]);
  });

  it("reaches only for what lies beside its own and is nobody's seat", () => {
    const powers = rowOfSix(only(FactionAction.EXPAND));
    const { affairs } = livingAffairs(powers, drawsOf(1));
    const reach = powers.parties.map((_, party) =>
      weigh(powers, affairs, party, { atGs: 86_400, hunger: () => 0 }).map(
        ({ territory }) => powers.territories[territory]?.id,
      ),
    );
    // East sits in f, mid in c with d beside it, west in a.
    expect(reach).toEqual([["region:e"], expect.arrayContaining(["region:b", "region:e"]), ["region:b"]]);
  });

  it("that reaches for a land for weeks comes to hold it, and whoever held it holds that against them", () => {
    const powers = rowOfSix(only(FactionAction.EXPAND));
    const { affairs, pass } = livingAffairs(powers, drawsOf(1));
    const changes: string[] = [];
    for (let day = 0; day < 60; day++) {
      affairs.standings[powers.partyNo("faction:west")]!.treasury = 20_000;
      for (const { territory, prevHolderId } of pass().control) {
        const { holderId } = affairs.controls[territory]!;
        if (holderId !== prevHolderId) changes.push(`${powers.territories[territory]?.id} ${holderId}`);
      }
    }
    expect(changes).toContain("region:b faction:west");
    expect(landsOf(affairs, "faction:west")).toContain(powers.territoryNo("region:b"));
  });

  it("gives to its own who are hungry, and to nobody else", () => {
    const powers = rowOfSix(only(FactionAction.RELIEF));
    const hungry = powers.territoryNo("region:d");
    const { affairs, pass } = livingAffairs(powers, drawsOf(1), (at) => (at === hungry ? 0.8 : 0));
    const before = affairs.tills[hungry]!.money;
    const { deeds } = pass();
    expect(deeds.map(({ party, deed }) => [powers.parties[party]?.id, deed.regionId])).toEqual([
      ["faction:mid", "region:d"],
    ]);
    expect(affairs.tills[hungry]!.money).toBeGreaterThan(before + 1_500);
  });

  it("that raids takes from a treasury or comes home beaten; both are weary, and it is not forgotten", () => {
    const powers = rowOfSix(only(FactionAction.RAID));
    const pair = powers.pairNo(powers.partyNo("faction:mid"), powers.partyNo("faction:east"));
    const outcomes = new Set<ActionOutcome>();
    for (let seed = 1; seed < 30; seed++) {
      const { affairs, pass } = livingAffairs(powers, drawsOf(seed));
      affairs.relations[pair]!.value = -0.7;
      affairs.relations[pair]!.stance = Stance.HOSTILE;
      const { deeds } = pass();
      for (const { party, deed } of deeds) {
        outcomes.add(deed.outcome);
        const self = powers.parties[party]!.id;
        const target = affairs.standings[powers.partyNo(deed.targetId)]!;
        expect(target.grudges[self]).toMatchObject({ action: FactionAction.RAID });
        expect(target.weariness).toBeGreaterThan(0.1);
      }
      if (deeds.length > 0) expect(affairs.relations[pair]?.stance).toBe(Stance.WAR);
    }
    expect(outcomes).toEqual(new Set([ActionOutcome.DONE, ActionOutcome.FAILED]));
  });

  it("that betrays an ally is trusted less by everybody", () => {
    const powers = rowOfSix(only(FactionAction.BETRAY));
    const [mid, west, east] = ["mid", "west", "east"].map((name) => powers.partyNo(`faction:${name}`)) as [
      number,
      number,
      number,
    ];
    const { affairs, pass } = livingAffairs(powers, drawsOf(2));
    const allies = affairs.relations[powers.pairNo(mid, west)]!;
    Object.assign(allies, { value: 0.7, treaty: Treaty.ALLIANCE, stance: Stance.ALLIED });
    const others = [mid, west].map((one) => affairs.relations[powers.pairNo(one, east)]!.value);
    const { deeds } = pass();
    const betrayer = powers.parties[deeds[0]!.party]!.id;
    expect(allies.treaty).toBe(Treaty.UNSPECIFIED);
    expect(allies.value).toBeLessThan(0.2);
    const after = [mid, west].map((one) => affairs.relations[powers.pairNo(one, east)]!.value);
    const at = betrayer === "faction:mid" ? 0 : 1;
    expect(after[at]).toBeLessThan(others[at]! - 0.05);
  });

  it("never loses its seat, whoever pulls there and however much of it is theirs", () => {
    const powers = rowOfSix({ actions: [] });
    const { affairs, pass } = livingAffairs(powers, drawsOf(1));
    const seat = affairs.controls[powers.territoryNo("region:a")]!;
    Object.assign(seat, {
      shares: { "faction:west": 0.01, "faction:mid": 0.98 },
      boosts: { "faction:mid": create(BoostSchema, { by: 50 }) },
    });
    for (let day = 0; day < 5; day++) {
      pass();
      expect(seat.holderId).toBe("faction:west");
      expect(seat.shares["faction:west"]).toBeGreaterThan(0.35);
      expect(seat.shares["faction:mid"]).toBeGreaterThan(0.5);
    }
  });

  it("may be called as no object should be", () => {
    const powers = rowOfSix({
      factions: [
        { id: "faction:constructor", seatRegionId: "region:a", strength: 0.5, treasury: 5_000 },
        { id: "faction:__proto__", seatRegionId: "region:f", strength: 0.5, treasury: 5_000 },
      ],
    });
    const { affairs, pass } = livingAffairs(powers, drawsOf(1));
    for (let day = 0; day < 90; day++) pass();
    expect(landsOf(affairs, "faction:constructor").length).toBeGreaterThan(0);
    expect(landsOf(affairs, "faction:__proto__").length).toBeGreaterThan(0);
  });
});
