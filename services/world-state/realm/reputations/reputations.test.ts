import { create } from "@bufbuild/protobuf";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  DeathCause,
  GiftAnswered,
  InteractKind,
  NpcApproached,
  NpcDied,
  PeopleFrightened,
  StimulusKind,
} from "@orrery/schema/npc/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import {
  CommitTradeRequest,
  CommitTradeResponse,
  GiveRequest,
  GiveResponse,
  type Pack,
  PackRevised,
  ReputationChanged,
  ReputationDeed,
  ReputationSchema,
  ReserveTradeRequest,
  ReserveTradeResponse,
  ShortageLevel,
  Stance,
  ThingActed,
  TradeSide,
  Verb,
} from "@orrery/schema/world/v1";
import { esteemAt } from "@orrery/politics";
import { beforeEach, describe, expect, it } from "vitest";
import { DAY_GS, hollowmere, hour, HOUR_GS, realmWorld } from "../valley.testing.ts";
import { MOST_KEPT } from "./note.ts";

const [ADA, WARDENS, WEIGHHOUSE] = ["player:ada", "faction:hallow-wardens", "faction:weighhouse"] as const;
/** One of the Wardens' people; of nobody's people; the Wardens' seat; the Weighhouse's seat. */
const [WARDEN, STRANGER, HOLLOW, MARKET] = [
  "npc:isabeau-hallow",
  "npc:constructor",
  "region:upper-hollow",
  "region:market-vale",
] as const;

let pack: Pack;
let { world, passUntil, passDays, nowGs } = {} as ReturnType<typeof realmWorld>;
beforeEach(async () => {
  pack = await hollowmere();
  ({ world, passUntil, passDays, nowGs } = realmWorld(pack));
  passUntil(HOUR_GS);
});
const factionsOf = (playerId: string = ADA) => world.state.reputations.get(playerId)?.factions ?? {};
const value = (factionId: string = WARDENS, playerId: string = ADA) =>
  Number(esteemAt(factionsOf(playerId)[factionId], nowGs()).toFixed(6));
const told = () => world.emitted(ReputationChanged);
const from = { source: "npc-behavior" };
const approach = (kind: InteractKind, over: object = {}) => {
  const who = { npcId: WARDEN, playerId: ADA as string, regionId: HOLLOW };
  return world.tell(NpcApproached, { atGs: nowGs(), kind, ...who, ...over }, from);
};
const kill = (over: object = {}) => {
  const who = { npcId: WARDEN, killerId: ADA as string, regionId: HOLLOW, cause: DeathCause.VIOLENCE };
  return world.tell(NpcDied, { atGs: nowGs(), ...who, ...over }, from);
};
const give = (quantity: number, playerId = "ada") =>
  world.run(GiveRequest, GiveResponse, {
    ...{ worldId: "vale", playerId, npcId: WARDEN, goodId: "good:grain", quantity },
  }).giftId;
const answer = (giftId: string, taken = true) =>
  world.tell(
    GiftAnswered,
    { atGs: nowGs(), giftId, npcId: WARDEN, playerId: ADA, regionId: HOLLOW, taken },
    from,
  );
const bar = (routeId: string, over: object = {}) =>
  world.tell(ThingActed, {
    ...{ atGs: nowGs(), thingId: "object:toll-gate", actorId: ADA, verb: Verb.BAR, routeId },
    ...over,
  });
const reserve = (side: TradeSide, over: object = {}) =>
  world.run(ReserveTradeRequest, ReserveTradeResponse, {
    ...{ worldId: "vale", playerId: "ada", regionId: MARKET, goodId: "good:ale", side, quantity: 2 },
    ...{ limit: side === TradeSide.BUY ? 1e9 : 0, ...over },
  }).tradeId;
const commit = (tradeId: string) =>
  world.run(CommitTradeRequest, CommitTradeResponse, { worldId: "vale", tradeId, ledgerRef: "t1" });

describe("what a player does", () => {
  it("in gifts is thought well of: by whose people they are and whose land it is; once it is taken, and worth speaking of", () => {
    const cause = answer(give(1));
    expect(value()).toBe(0.04);
    expect(factionsOf()[WARDENS]?.deeds["GIFT"]).toMatchObject({
      ...{ times: 1, causePublisher: cause.publisher, causeSequence: cause.sequence },
    });
    passDays(2);
    const before = value();
    answer(give(0.5));
    answer(give(0.5), false);
    answer("gift:99");
    expect(value()).toBe(before);
  });

  it("in words is nothing, however often; a threat is, once a day with each of them, heard twice or late", () => {
    for (const kind of [InteractKind.TALK, InteractKind.ASK, InteractKind.GIVE, InteractKind.UNSPECIFIED])
      approach(kind);
    expect(world.state.reputations.size).toBe(0);
    approach(InteractKind.THREATEN);
    approach(InteractKind.THREATEN);
    approach(InteractKind.THREATEN, { atGs: 0 });
    expect(value()).toBe(-0.04);
    passDays(1);
    approach(InteractKind.THREATEN);
    expect(value()).toBeCloseTo(-0.08, 2);
    approach(InteractKind.HELP);
    expect(value()).toBeCloseTo(-0.07, 2);
  });

  it("to a stranger is the affair of whoever holds the land alone, and on the free folk's of nobody", () => {
    approach(InteractKind.THREATEN, { npcId: STRANGER });
    expect(value()).toBe(-0.02);
    approach(InteractKind.THREATEN, { npcId: STRANGER, playerId: "player:bea", regionId: "region:nowhere" });
    expect(factionsOf("player:bea")).toEqual({});
  });

  it("with a gate is taken ill at both ends of its road, each once; a bell is nothing, nor is what people do", () => {
    bar("", { verb: Verb.RING, heardM: 900 });
    bar("place:road-shore/1", { actorId: WARDEN });
    bar("place:road-shore/1", { verb: Verb.UNBAR });
    expect(world.state.reputations.size).toBe(0);
    const cause = bar("place:road-shore/1");
    const { valley, powers } = world.derived;
    const link = valley!.links.find(({ id }) => id === "place:road-shore/1")!;
    const holders = [link.from, link.to].map(
      (end) => world.state.controls.get(valley!.places[end]!.id)?.holderId ?? "",
    );
    const direct = Object.entries(factionsOf()).filter(([, { deeds }]) => deeds["BARRED"] !== undefined);
    expect(direct.map(([id]) => id).sort()).toEqual([...new Set(holders)].filter((id) => id !== "").sort());
    for (const [, { deeds }] of direct)
      expect(deeds["BARRED"]).toMatchObject({ by: -0.06, times: 1, causeSequence: cause.sequence });
    expect(powers!.parties.length).toBeGreaterThan(direct.length);
    bar("place:constructor");
    bar("");
    expect(factionsOf()[direct[0]![0]]?.deeds["BARRED"]?.times).toBe(1);
  });

  it("in violence is told at once, with the deed as its cause; friends take over some of it", () => {
    const attack = { regionId: HOLLOW, kind: StimulusKind.FIGHT, sourceId: ADA, victimId: WARDEN };
    world.tell(PeopleFrightened, { atGs: nowGs(), ...attack, victimId: "" }, from);
    world.tell(PeopleFrightened, { atGs: nowGs(), ...attack, victimId: ADA }, from);
    expect(world.state.reputations.size).toBe(0);
    world.tell(PeopleFrightened, { atGs: nowGs(), ...attack }, from);
    expect(value()).toBe(-0.12);
    const cause = kill();
    expect(told().at(-1)).toMatchObject({
      ...{ cause, key: ADA },
      event: {
        ...{ playerId: ADA, factionId: WARDENS, stance: Stance.TENSE, prevStance: Stance.NEUTRAL },
        why: ReputationDeed.KILLING,
      },
    });
    kill({ npcId: STRANGER });
    expect(told().at(-1)?.event).toMatchObject({ stance: Stance.HOSTILE, prevStance: Stance.TENSE });
    const { parties, pairNo, partyNo } = world.derived.powers!;
    for (const { id } of parties) {
      const relation = world.state.relations.get(
        world.derived.powers!.pairs[pairNo(partyNo(id), partyNo(WARDENS))]?.id ?? "",
      );
      if (relation !== undefined) expect(Math.sign(value(id))).toBe(relation.value > 0 ? -1 : 0);
    }
  });

  it("is none of theirs where it was no violence, or nobody's, or one of the people's", () => {
    kill({ cause: DeathCause.AGE });
    kill({ killerId: "" });
    kill({ killerId: STRANGER });
    expect(world.state.reputations.size).toBe(0);
  });

  it("in a shortage is thought well of where it is sold, and leads back to the shortage; else a sale is a sale", () => {
    commit(reserve(TradeSide.SELL));
    expect(world.state.reputations.size).toBe(0);
    const market = world.state.markets.edit(`${MARKET}/good:ale`);
    const cause = { causePublisher: "world-state/vale", causeSequence: 7 };
    Object.assign(market, { level: ShortageLevel.CRITICAL, ...cause });
    commit(reserve(TradeSide.SELL, { quantity: 0.5 }));
    expect(world.state.reputations.size).toBe(0);
    commit(reserve(TradeSide.SELL));
    expect(factionsOf()[WEIGHHOUSE]?.deeds["SALE"]).toMatchObject({ by: 0.03, ...cause });
  });
});

describe("a market on the land of who is hostile", () => {
  it("sells a player nothing, and says what to do; it buys, it sells to others, and again in time", () => {
    const hostile = { npcId: STRANGER, regionId: MARKET };
    const open = reserve(TradeSide.BUY);
    for (let deaths = 2; deaths > 0; deaths--) kill(hostile);
    expect(factionsOf()[WEIGHHOUSE]?.stance).toBe(Stance.HOSTILE);
    expect(() => reserve(TradeSide.BUY)).toThrow(/WORLD_NOT_WELCOME.*faction:weighhouse.*region:market-vale/);
    expect(() => reserve(TradeSide.BUY, { playerId: ADA })).toThrow(/WORLD_NOT_WELCOME/);
    commit(open);
    commit(reserve(TradeSide.SELL));
    commit(reserve(TradeSide.BUY, { playerId: "bea" }));
    passDays(30);
    expect(factionsOf()[WEIGHHOUSE]?.stance).toBe(Stance.TENSE);
    reserve(TradeSide.BUY);
  });
});

describe("time", () => {
  it("takes half in sixty days, tells of it, and leaves nothing in the end", () => {
    kill();
    passDays(60);
    expect(value()).toBeCloseTo(-0.2, 2);
    const later = told().filter(({ event }) => event.factionId === WARDENS);
    expect(later.length).toBeGreaterThan(1);
    expect(later.slice(1).every(({ event }) => event.why === ReputationDeed.UNSPECIFIED)).toBe(true);
    passDays(30);
    expect(told().at(-1)?.event).toMatchObject({ stance: Stance.NEUTRAL, prevStance: Stance.TENSE });
  });

  it("forgets a threat in a year", () => {
    approach(InteractKind.THREATEN);
    world.tell(HourChanged, hour(150 * DAY_GS));
    expect(world.state.reputations.has(ADA)).toBe(true);
    world.tell(HourChanged, hour(300 * DAY_GS));
    expect(world.state.reputations.size).toBe(0);
  });
});

describe("players", () => {
  it("are each thought of by what they did themselves, whatever they are called", () => {
    kill({ killerId: "player:constructor" });
    kill({ killerId: "player:__proto__", npcId: STRANGER });
    approach(InteractKind.HELP);
    expect([value(WARDENS, "player:constructor"), value(WARDENS, "player:__proto__"), value()]).toEqual([
      -0.4, -0.3, 0.01,
    ]);
  });

  it("who are erased are thought nothing of, and not again by what is heard late; others are as before", () => {
    const gift = give(1);
    kill();
    kill({ killerId: "player:bea" });
    world.tell(SubjectErased, { subject: ADA });
    const bea = structuredClone(factionsOf("player:bea"));
    kill();
    approach(InteractKind.THREATEN);
    answer(gift);
    for (const table of [world.state.reputations, world.state.erased])
      expect(JSON.stringify([...table])).not.toContain("ada");
    expect(factionsOf("player:bea")).toEqual(bea);
    world.tell(SubjectErased, { subject: ADA });
    expect(world.state.erased.size).toBe(1);
    passDays(2);
    expect(world.state.erased.size).toBe(0);
  });

  it("are so many at most: whoever is thought of least makes room, and is told", () => {
    kill({ killerId: "player:first" });
    const threatened = {
      told: -0.04,
      deeds: { THREAT: { by: -0.04, times: 1, atGs: nowGs() } },
      atGs: nowGs(),
    };
    for (let n = 1; n < MOST_KEPT; n++) {
      const factions = { [WARDENS]: { ...threatened, stance: Stance.NEUTRAL } };
      world.state.reputations.add(`player:${n}`, create(ReputationSchema, { factions }));
    }
    approach(InteractKind.HELP, { playerId: "player:12" });
    expect(world.state.reputations.size).toBe(MOST_KEPT);
    kill({ killerId: "player:last" });
    expect(world.state.reputations.size).toBe(MOST_KEPT);
    const has = (id: string) => world.state.reputations.has(`player:${id}`);
    expect(told().find(({ key }) => key === "player:12")?.event).toMatchObject({
      ...{ factionId: WARDENS, value: 0, prev: expect.closeTo(-0.04, 6), stance: Stance.NEUTRAL },
    });
    expect([has("first"), has("last"), has("12"), has("1")]).toEqual([true, true, false, true]);
  });
});

describe("an edit of the pack", () => {
  it("that takes a faction away takes what it thought of players; one that comes again begins anew", () => {
    kill();
    kill({ npcId: STRANGER, regionId: MARKET });
    const { factions = [] } = pack.factions ?? {};
    const at = factions.findIndex(({ id }) => id === WARDENS);
    const [gone] = factions.splice(at, 1);
    world.tell(PackRevised, { packId: pack.id, revision: 2, pack, atGs: nowGs() });
    expect(factionsOf()[WARDENS]).toBeUndefined();
    expect(value(WEIGHHOUSE)).toBe(-0.3);
    kill();
    passDays(2);
    factions.push(gone!);
    world.tell(PackRevised, { packId: pack.id, revision: 3, pack, atGs: nowGs() });
    expect(value()).toBe(0);
  });
});

it("the same is thought of the same deeds, byte for byte", () => {
  const lives = [realmWorld(pack), realmWorld(pack)].map((one) => {
    ({ world, passUntil, passDays, nowGs } = one);
    passUntil(HOUR_GS);
    answer(give(1));
    bar("place:road-shore/1");
    passDays(3);
    kill();
    passDays(3);
    return one.world;
  });
  expect(lives[0]!.frames()).toEqual(lives[1]!.frames());
  expect([...lives[0]!.state.reputations]).toEqual([...lives[1]!.state.reputations]);
});
