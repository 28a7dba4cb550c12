import { Flood, GroundConditionsChanged } from "@orrery/schema/weather/v1";
import {
  ControlSampled,
  FactionAction,
  FactionActed,
  FactionRelationChanged,
  type Pack,
  MarketsSampled,
  PackRevised,
  RegionControlChanged,
  RouteChanged,
  ShortageDeclared,
} from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { affairsToRead } from "./affairs.ts";
import { moneyIn } from "./money.ts";
import { DAY_GS, hollowmere, realmWorld } from "./valley.testing.ts";

let pack: Pack;
let { world, passDays, nowGs } = {} as ReturnType<typeof realmWorld>;
beforeEach(async () => {
  pack = await hollowmere();
  ({ world, passDays, nowGs } = realmWorld(pack));
});
const powers = () => world.derived.powers!;
const affairs = () => affairsToRead(world.state, powers());
const money = () => moneyIn(world.state, world.derived);

describe("the factions of the valley", () => {
  it("act at midnight, a few of them, each at most once, with what spoke for it; no penny is lost", () => {
    const before = money();
    passDays(20);
    const acted = world.emitted(FactionActed).map(({ event }) => event);
    expect(acted.length).toBeGreaterThan(4);
    for (const { atGs, factionId, reasons, utility, cost } of acted) {
      expect(atGs % DAY_GS).toBe(0);
      expect(acted.filter((one) => one.atGs === atGs && one.factionId === factionId)).toHaveLength(1);
      expect(reasons.length).toBeGreaterThan(0);
      expect(utility).toBeGreaterThanOrEqual(0.35);
      expect([200, 2_000]).toContain(cost);
    }
    expect(money()).toBe(before);
  });

  it("are told of: who has what on the first midnight, and what changes since, each with what it came of", () => {
    passDays(1);
    const first = world.emitted(RegionControlChanged).map(({ event }) => event.holderId);
    expect(first.length).toBeGreaterThanOrEqual(12);
    expect(new Set(first)).toEqual(new Set(powers().parties.map(({ id }) => id)));
    passDays(44);
    const deeds = new Map(
      world.emitted(FactionActed).map(({ id, event }) => [`${id.publisher}/${id.sequence}`, event]),
    );
    const changed = world.emitted(RegionControlChanged).slice(first.length);
    expect(changed.length).toBeGreaterThan(3);
    const causes = changed.map(({ cause }) => deeds.get(`${cause?.publisher}/${cause?.sequence}`)?.action);
    expect(causes).toContain(FactionAction.EXPAND);
    const relations = world.emitted(FactionRelationChanged).slice(first.length);
    expect(
      relations.some(
        ({ event, cause }) => event.why !== 0 && deeds.has(`${cause?.publisher}/${cause?.sequence}`),
      ),
    ).toBe(true);
  });

  it("are noted each day, whole: shares of a region sum to one", () => {
    passDays(3);
    const samples = world.emitted(ControlSampled).map(({ event }) => event);
    expect(samples.map(({ atGs }) => atGs / DAY_GS)).toEqual([1, 2, 3]);
    for (const { regionIds, factionIds, shares, holderIds, powers: all } of samples) {
      expect([factionIds.length, holderIds.length, all.length]).toEqual([6, regionIds.length, 5]);
      regionIds.forEach((_, region) => {
        const own = shares.slice(region * factionIds.length, (region + 1) * factionIds.length);
        expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      });
    }
  });

  it("give to the hungry, and the chain leads from the gift to the flood that closed the road", () => {
    for (const crowd of pack.economy?.crowds ?? []) crowd.storesDays = 0;
    // A staple that does not keep: what is there is gone within days.
    const [grain] = pack.economy?.goods ?? [];
    grain!.spoilage = 0.2;
    for (const faction of pack.factions?.factions ?? []) faction.treasury = 100_000;
    ({ world, passDays, nowGs } = realmWorld(pack));
    const floods = ["region:sedgefen", "region:oakenfold", "region:mereshore", "region:meremouth"].map(
      (regionId) =>
        world.tell(GroundConditionsChanged, { atGs: nowGs(), regionId, flood: Flood.SEVERE, traction: 0.7 }),
    );
    passDays(22);
    const at = <T extends { id: { publisher: string; sequence: number } }>(
      events: readonly T[],
      id: { publisher: string; sequence: number } | undefined,
    ) => events.find((one) => one.id.publisher === id?.publisher && one.id.sequence === id.sequence);
    const relief = world.emitted(FactionActed).filter(({ event }) => event.action === FactionAction.RELIEF);
    expect(relief.length).toBeGreaterThan(0);
    const chains = relief.map(({ cause }) => {
      const short = at(world.emitted(ShortageDeclared), cause);
      const road = at(world.emitted(RouteChanged), short?.cause);
      return floods.findIndex((flood) => JSON.stringify(flood) === JSON.stringify(road?.cause));
    });
    expect(Math.max(...chains)).toBeGreaterThanOrEqual(0);
  });

  it("are another's story by another seed, and the same by the same", () => {
    const [again, other] = [realmWorld(pack), realmWorld(pack, "two")];
    for (const one of [{ passDays }, again, other]) one.passDays(8);
    const story = (one: typeof world) =>
      one.emitted(FactionActed).map(({ event }) => [event.factionId, event.action]);
    expect(story(again.world)).toEqual(story(world));
    expect(story(other.world)).not.toEqual(story(world));
  });

  it("take up an edit of the pack: a new faction sits in its seat, and one that is gone holds nothing", () => {
    passDays(2);
    const { factions = [] } = pack.factions ?? {};
    const boatmen = factions.findIndex(({ id }) => id === "faction:boatmen");
    const reeds = structuredClone(factions[boatmen]!);
    Object.assign(reeds, { id: "faction:reeds", name: "the Reeds", seatRegionId: "region:sedgefen" });
    factions.splice(boatmen, 1, reeds);
    world.tell(PackRevised, { packId: pack.id, revision: 2, pack, atGs: nowGs() });
    passDays(2);
    const holders = affairs().controls.map(({ holderId }) => holderId);
    expect(holders).not.toContain("faction:boatmen");
    expect(holders[powers().territoryNo("region:sedgefen")]).toBe("faction:reeds");
  });
});

it("an edit that takes all factions out of a pack leaves a world without any, whose markets live", async () => {
  passDays(2);
  delete pack.factions;
  world.tell(PackRevised, { packId: pack.id, revision: 2, pack, atGs: nowGs() });
  const before = world.emitted(FactionActed).length;
  const sampled = world.emitted(MarketsSampled).length;
  passDays(3);
  expect(world.derived.powers).toBeUndefined();
  expect(world.emitted(FactionActed)).toHaveLength(before);
  expect(world.emitted(MarketsSampled).length).toBeGreaterThanOrEqual(sampled + 3);
});

it("a world without factions has none, and its markets live", async () => {
  delete pack.factions;
  const bare = realmWorld(pack);
  bare.passDays(2);
  expect(bare.world.derived.powers).toBeUndefined();
  expect(bare.world.emitted(ControlSampled)).toEqual([]);
});
