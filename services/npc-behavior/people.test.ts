import { ActPhase, MoveState, NeedCritical, NpcActed, NpcArrived, NpcMoved } from "@orrery/schema/npc/v1";
import { AlertKind, AlertLevel, AlertStage, WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import { type Pack, PackRevised } from "@orrery/schema/world/v1";
import { beforeAll, describe, expect, it } from "vitest";
import { hollowmere, minute, peopleWorld } from "./valley.testing.ts";
import { TimeUpdated } from "@orrery/schema/time/v1";

const H = 3_600;
let pack: Pack;
/** A day and a morning, from midnight on. */
let lived: ReturnType<typeof peopleWorld>;
const seen: {
  readonly hour: number;
  readonly at: ReadonlyMap<string, readonly [place: string, doing: string]>;
}[] = [];

beforeAll(async () => {
  pack = await hollowmere();
  lived = peopleWorld(pack, 3 * H);
  for (let hour = 4; hour <= 34; hour++) {
    lived.passUntil(hour * H, 300);
    const minds = [...lived.world.state.minds];
    seen.push({
      hour,
      at: new Map(minds.map(([id, { placeId, doing }]) => [id, [placeId, doing?.activityId ?? ""]])),
    });
  }
}, 60_000);

const whereAt = (hour: number, id: string) => seen.find((one) => one.hour === hour)?.at.get(id);
const shareAt = (hour: number, is: (id: string, place: string, doing: string) => boolean) => {
  const { at } = seen.find((one) => one.hour === hour)!;
  return [...at].filter(([id, [place, doing]]) => is(id, place, doing)).length / at.size;
};
const homeOf = (id: string) => lived.world.state.minds.get(id)?.homePlaceId;

describe("a day in the valley", () => {
  it("has the baker at work before dawn", () => {
    expect(whereAt(5, "npc:mira-reed")).toEqual(["place:millbrook-bakehouse", "activity:work"]);
  });

  it("has most people at their work in the morning, and children at their lessons", () => {
    expect(shareAt(10, (_, __, doing) => doing === "activity:work")).toBeGreaterThan(0.5);
    expect(whereAt(10, "npc:wil-reed")?.[1]).toBe("activity:lessons");
  });

  it("has them at home by night, asleep, but for those who watch", () => {
    expect(shareAt(26, (id, place) => place === homeOf(id))).toBeGreaterThan(0.9);
    expect(shareAt(26, (_, __, doing) => doing === "activity:sleep")).toBeGreaterThan(0.9);
    expect(whereAt(26, "npc:perrin-oake")?.[1]).toBe("activity:watch");
  });

  it("brings people together in the evening", () => {
    expect(shareAt(21, (_, __, doing) => doing === "activity:tavern")).toBeGreaterThan(0.05);
  });

  it("leaves nobody hungry or frozen", () => {
    const needs = lived.world
      .emitted(NeedCritical)
      .filter(({ event }) => event.need === 2 || event.need === 3);
    expect(needs).toEqual([]);
  });
});

describe("what is told of somebody", () => {
  it("begins with their arrival, at home", () => {
    const arrived = lived.world.emitted(NpcArrived);
    expect(arrived).toHaveLength(300);
    for (const { event } of arrived) expect(event.placeId).toBe(homeOf(event.npcId));
  });

  it("has departures and arrivals in turn, stretches that join, and nobody faster than they can walk", () => {
    const on = new Map<string, NpcMoved>();
    for (const { event } of lived.world.emitted(NpcMoved)) {
      const before = on.get(event.npcId);
      if (event.state === MoveState.DEPARTED) expect(before).toBeUndefined();
      else {
        expect(before).toBeDefined();
        expect(event.departGs).toBeGreaterThanOrEqual(before!.arriveGs);
        expect([event.xM, event.yM]).toEqual([before!.toXM, before!.toYM]);
      }
      const spots = [event.xM, event.yM, ...event.viaM, event.toXM, event.toYM];
      let metres = 0;
      for (let i = 2; i < spots.length; i += 2)
        metres += Math.hypot(spots[i]! - spots[i - 2]!, spots[i + 1]! - spots[i - 1]!);
      const seconds = event.arriveGs - event.departGs;
      if (seconds > 0) expect(metres / seconds).toBeLessThan(1.51);
      if (event.state === MoveState.ARRIVED) on.delete(event.npcId);
      else on.set(event.npcId, event);
    }
  });

  it("is one activity at a time: each that begins ends before the next", () => {
    const at = new Map<string, string>();
    for (const { event } of lived.world.emitted(NpcActed)) {
      const before = at.get(event.npcId);
      if (event.phase === 1) {
        expect(before).toBeUndefined();
        at.set(event.npcId, event.activityId);
      } else {
        expect(before).toBe(event.activityId);
        at.delete(event.npcId);
      }
    }
  });
});

describe("time", () => {
  it("that is told again, or late, moves nobody", () => {
    const { world, passUntil } = peopleWorld(pack, 8 * H);
    passUntil(9 * H);
    const told = world.emitted(NpcActed).length;
    world.tell(TimeUpdated, minute(9 * H, 60, pack));
    world.tell(TimeUpdated, minute(8 * H, 60, pack));
    expect(world.emitted(NpcActed)).toHaveLength(told);
  });

  it("that nobody heard of is not lived through: people look around anew", () => {
    const { world, passUntil } = peopleWorld(pack, 8 * H);
    passUntil(8.1 * H);
    const onTheWay = [...world.state.minds].filter(([, mind]) => mind.journey !== undefined).length;
    expect(onTheWay).toBeGreaterThan(0);
    world.forget();
    const later = 60 * 24 * H + 9 * H;
    world.tell(TimeUpdated, minute(later, 60, pack));
    expect(world.emitted(NpcActed)).toEqual([]);
    const arrived = world.emitted(NpcMoved).map(({ event }) => event.state);
    expect(arrived).toEqual(Array(onTheWay).fill(MoveState.ARRIVED));
    for (let atGs = later + 300; atGs <= later + 2 * H; atGs += 300)
      world.tell(TimeUpdated, minute(atGs, 300, pack));
    const works = [...world.state.minds].filter(([, { doing }]) => doing?.activityId === "activity:work");
    expect(works.length).toBeGreaterThan(100);
  });

  it("in hours gives the same acts as in minutes, when nothing else happens", () => {
    // Over dusk, midnight and dawn.
    const hamlet = structuredClone(pack);
    hamlet.society!.persons = hamlet.society!.persons.slice(0, 40);
    const acts = (stepS: number) => {
      const { world, passUntil } = peopleWorld(hamlet, 17 * H);
      passUntil(31 * H, stepS);
      return world
        .emitted(NpcActed)
        .map(({ event }) => `${event.atGs} ${event.npcId} ${event.activityId} ${event.phase}`);
    };
    expect(acts(H)).toEqual(acts(60));
  });
});

it("a person more changes no stranger's day", () => {
  const more = structuredClone(pack);
  const hermit = { ...more.society!.persons.find(({ id }) => id === "npc:master-vey")!, id: "npc:hermit" };
  more.society!.persons.unshift(hermit);
  const movesIn = (of: Pack) => {
    const { world, passUntil } = peopleWorld(of, 6 * H);
    passUntil(9 * H, 300);
    return world
      .emitted(NpcMoved)
      .filter(({ event }) => event.regionId !== "region:grey-crown")
      .map(({ event }) => `${event.atGs} ${event.npcId} ${event.toPlaceId}`);
  };
  expect(movesIn(more)).toEqual(movesIn(pack));
});

it("in a storm nobody goes out who need not, and whoever must walks slowly", () => {
  const { world, passUntil } = peopleWorld(pack, 12 * H);
  for (const { id } of pack.land!.regions)
    world.tell(WeatherChanged, { regionId: id, feelsLikeC: 6, effects: { outdoor: 0, move: 0.5 } });
  passUntil(17 * H, 300);
  const outside = world.emitted(NpcActed).filter(({ event }) => /green|play|wander/.test(event.activityId));
  expect(outside.filter(({ event }) => event.placeId.includes("green"))).toEqual([]);
  for (const { event } of world.emitted(NpcMoved)) expect(event.speedMps).toBeLessThan(0.76);
});

describe("dangerous weather", () => {
  const severe = (change: object = {}) => ({
    atGs: 10 * H,
    regionId: "region:mill-vale",
    kind: AlertKind.STORM,
    level: AlertLevel.WARNING,
    stage: AlertStage.ONSET,
    ...change,
  });
  const outside = (world: ReturnType<typeof peopleWorld>["world"], regionId: string) =>
    [...world.state.minds].filter(([, mind]) => {
      const place = world.derived.country.atlas.place(mind.placeId);
      return mind.regionId === regionId && place?.openAir !== false;
    });
  const begin = () => {
    const { world, passUntil } = peopleWorld(pack, 9 * H);
    passUntil(10 * H);
    const out = outside(world, "region:mill-vale").map(([id]) => id);
    world.forget();
    return { world, passUntil, out };
  };

  it("makes everybody in the open there leave what they do and run for a roof, and nobody elsewhere", () => {
    const { world, passUntil, out } = begin();
    expect(out.length).toBeGreaterThan(5);
    world.tell(WeatherSevere, severe());
    const moved = world.emitted(NpcMoved).filter(({ event }) => event.state === MoveState.DEPARTED);
    expect(moved.map(({ event }) => event.npcId).sort()).toEqual(out.sort());
    const left = world.emitted(NpcActed).map(({ event }) => event.phase);
    expect(new Set(left)).toEqual(new Set([ActPhase.INTERRUPTED]));
    passUntil(10.5 * H);
    const still = outside(world, "region:mill-vale").map(([id]) => id);
    expect(still.filter((id) => out.includes(id))).toEqual([]);
    for (const id of out) expect(world.state.minds.get(id)?.doing?.activityId).toBe("activity:shelter");
  });

  it("is run from once, until it is over and comes again", () => {
    const { world } = begin();
    world.tell(WeatherSevere, severe());
    const ran = world.emitted(NpcMoved).length;
    world.tell(WeatherSevere, severe({ level: AlertLevel.EMERGENCY, stage: AlertStage.RAISED }));
    expect(world.emitted(NpcMoved)).toHaveLength(ran);
    world.tell(WeatherSevere, severe({ level: AlertLevel.UNSPECIFIED, stage: AlertStage.ENDED }));
    expect(world.state.root.runFrom).toEqual([]);
  });

  it.each([
    ["that is only foreseen", { stage: AlertStage.WATCH, level: AlertLevel.WATCH }],
    ["that is a nuisance", { level: AlertLevel.ADVISORY }],
    ["that eases", { stage: AlertStage.EASED }],
    ["that nobody runs from", { kind: AlertKind.FOG }],
  ])("%s moves nobody", (_, change) => {
    const { world } = begin();
    world.tell(WeatherSevere, severe(change));
    expect(world.emitted(NpcMoved)).toEqual([]);
  });
});

it("takes up another day's plan when the pack is edited", () => {
  const edited = structuredClone(pack);
  for (const routine of edited.society!.routines)
    routine.days = [{ ...routine.days[0]!, slots: [], holidayTags: [], weekdays: [], seasons: [] }];
  const { world, passUntil } = peopleWorld(pack, 8 * H);
  world.tell(PackRevised, { packId: "hollowmere", revision: 2, pack: edited });
  passUntil(11 * H, 300);
  expect(world.emitted(NpcActed).filter(({ event }) => event.activityId === "activity:work")).toEqual([]);
});

it("goes on without a pack, and without anybody", () => {
  const empty = structuredClone(pack);
  delete empty.society;
  const { world, passUntil } = peopleWorld(empty, 0);
  passUntil(2 * H, 300);
  expect(world.state.minds.size).toBe(0);
});
