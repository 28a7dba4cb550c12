import { memoryScore, relationScore } from "@orrery/npc-mind";
import {
  BlockedBy,
  DeathCause,
  KillRequest,
  KillResponse,
  MemorySchema,
  MemorySource,
  MindSchema,
  NeedCritical,
  NpcActed,
  NpcMoved,
  NpcSpoke,
} from "@orrery/schema/npc/v1";
import { TimeUpdated } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import {
  Need,
  type Pack,
  Predicate,
  ShortageDeclared,
  ShortageLevel,
  ShortageWhy,
} from "@orrery/schema/world/v1";
import { create, toBinary } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, minute, peopleWorld } from "./valley.testing.ts";

const H = 3_600;
const DAY = 24 * H;
let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
});
type Lived = ReturnType<typeof peopleWorld>;
const keep = (which: (id: string, at: number) => boolean) => {
  if (pack.society) pack.society.persons = pack.society.persons.filter(({ id }, at) => which(id, at));
};
const meanOf = ({ world }: Lived, need: Need) => {
  const minds = [...world.state.minds].map(([, { needs }]) => needs[need - 1] ?? 0);
  return minds.reduce((sum, level) => sum + level, 0) / minds.length;
};

describe("an inn with food and a cook out of fuel", () => {
  it("feeds people as before, in a cold room, and they say what is lacking", () => {
    keep((id) => /-reed$/.test(id));
    const [warm, cold] = [peopleWorld(pack), peopleWorld(pack)];
    for (const { world } of [warm, cold])
      world.tell(WeatherChanged, { regionId: "region:mill-vale", feelsLikeC: -18, atGs: 0 });
    cold.world.tell(ShortageDeclared, {
      ...{ atGs: 0, regionId: "region:mill-vale", goodId: "good:fuel", level: ShortageLevel.CRITICAL },
      ...{ staple: true, serves: Need.WARMTH, why: ShortageWhy.SCARCITY },
    });
    for (const lived of [warm, cold]) lived.passUntil(3 * DAY, 1_800);
    expect(meanOf(cold, Need.FOOD)).toBeGreaterThan(meanOf(warm, Need.FOOD) - 0.1);
    expect(meanOf(cold, Need.WARMTH)).toBeLessThan(meanOf(warm, Need.WARMTH));
    const wants = cold.world.emitted(NeedCritical).map(({ event }) => event);
    expect(wants.filter(({ need }) => need === Need.FOOD)).toEqual([]);
    for (const { blockedBy } of wants.filter(({ need }) => need === Need.WARMTH))
      expect(blockedBy).toBe(BlockedBy.NO_STOCK);
  });
});

describe("a house where beds are counted", () => {
  const HOUSE = "place:copper-kettle";
  const lodge = (beds: number, guests: number) => {
    keep((id, at) => at < guests && !id.includes("constructor"));
    for (const person of pack.society?.persons ?? []) person.homePlaceId = HOUSE;
    for (const place of pack.land?.places ?? []) if (place.id === HOUSE) place.fixtures = { bed: beds };
    for (const activity of pack.society?.activities ?? []) if (activity.asleep) activity.occupies = "bed";
    return peopleWorld(pack, 20 * H);
  };
  const inBed = ({ world }: Lived) =>
    [...world.state.minds].filter(
      ([, { doing }]) => doing?.activityId === "activity:sleep" && doing.placeId === HOUSE,
    );
  const taken = ({ world }: Lived) => world.derived.taken.get(`${HOUSE} bed`)?.size ?? 0;
  const kill = ({ world }: Lived, npcId: string) =>
    world.run(KillRequest, KillResponse, { worldId: "vale", npcId, cause: DeathCause.ILLNESS, killerId: "" });

  it("has one for each of twenty-five people in twenty-six, and gives back that of one who dies in the night", () => {
    const lived = lodge(26, 25);
    lived.passUntil(26 * H, 300);
    expect(inBed(lived)).toHaveLength(25);
    expect(taken(lived)).toBe(25);
    kill(lived, inBed(lived)[0]![0]);
    expect(taken(lived)).toBe(24);
    lived.passUntil(36 * H, 300);
    expect(taken(lived)).toBe(inBed(lived).length);
  });

  it("never has two in one bed: who finds none stays up, and has that of one who dies", () => {
    const lived = lodge(20, 25);
    const most = [];
    for (let atGs = 20 * H; atGs <= 26 * H; atGs += 600) {
      lived.passUntil(atGs, 300);
      most.push(taken(lived));
      expect(inBed(lived).length).toBe(taken(lived));
    }
    expect(Math.max(...most)).toBe(20);
    const [dying] = inBed(lived)[0]!;
    const up = [...lived.world.state.minds]
      .map(([id]) => id)
      .filter((id) => !inBed(lived).some(([other]) => other === id));
    kill(lived, dying);
    expect(taken(lived)).toBe(19);
    lived.passUntil(28 * H, 300);
    expect(taken(lived)).toBe(20);
    expect(inBed(lived).some(([id]) => up.includes(id))).toBe(true);
  });
});

describe("a drizzle that comes and goes", () => {
  it("sends nobody to and fro: people go about as often as under a sky that stays", () => {
    keep((_, at) => at < 30);
    const walks = (outdoor: (at: number) => number) => {
      const lived = peopleWorld(pack, 9 * H);
      for (let at = 0; at < 36; at++) {
        for (const { id } of pack.land?.regions ?? [])
          lived.world.tell(WeatherChanged, {
            ...{ regionId: id, feelsLikeC: 12, atGs: lived.nowGs() },
            effects: { outdoor: outdoor(at), move: 1 },
          });
        lived.passUntil(9 * H + (at + 1) * 600, 600);
      }
      return lived.world.emitted(NpcMoved).length;
    };
    const flickering = walks((at) => (at % 2 === 0 ? 0.55 : 0.65));
    const steady = walks(() => 0.6);
    expect(flickering).toBeGreaterThan(0);
    expect(flickering).toBeLessThanOrEqual(steady * 1.2);
  });
});

describe("a clock that jumps half a day", () => {
  it("takes nobody's half day: needs are as they were, each is in one place and looks around within ten minutes", () => {
    keep((_, at) => at < 60);
    const { world, passUntil, nowGs } = peopleWorld(pack, 7 * H);
    passUntil(8 * H, 300);
    const before = new Map([...world.state.minds].map(([id, { needs }]) => [id, [...needs]]));
    world.forget();
    const atGs = nowGs() + DAY / 2;
    world.tell(TimeUpdated, minute(atGs, 60, pack));
    expect(world.emitted(NpcActed)).toEqual([]);
    for (const [id, { needs, journey, dueGs, needsGs }] of world.state.minds) {
      expect(journey).toBeUndefined();
      expect(needsGs).toBe(atGs);
      expect(dueGs - atGs).toBeGreaterThan(0);
      expect(dueGs - atGs).toBeLessThanOrEqual(600);
      // Who was on the way may have set down what they carried; nobody has gone hungry by it.
      expect(needs[Need.FOOD - 1]).toBeGreaterThanOrEqual((before.get(id)?.[Need.FOOD - 1] ?? 0) - 0.1);
    }
    for (let later = atGs + 300; later <= atGs + H; later += 300)
      world.tell(TimeUpdated, minute(later, 300, pack));
    const busy = [...world.state.minds].filter(([, { doing }]) => doing !== undefined);
    expect(busy.length).toBeGreaterThan(50);
  });
});

describe("a guard whom nobody sees for sixty days", () => {
  it("fades from what others remember and feel, and nobody's mind grows by the days", () => {
    // The guard lives in the town, the others at the mill: none of them goes so far.
    keep((id) => id === "npc:perrin-oake" || /-reed$/.test(id));
    const lived = peopleWorld(pack);
    const { minds } = lived.world.state;
    const guard = "npc:perrin-oake";
    lived.passUntil(DAY, 1_800);
    const others = [...minds.ids()].filter((id) => id !== guard).sort();
    expect(others.length).toBeGreaterThan(2);
    const [friend = ""] = others;
    const fact = { subject: guard, predicate: Predicate.AIDED, object: friend };
    minds.edit(friend).memories.push(
      create(MemorySchema, {
        ...{ fact, atGs: DAY, valence: 0.7, importance: 0.6, confidence: 1 },
        ...{ source: MemorySource.WITNESSED, originPublisher: "elsewhere", originSequence: 1 },
      }),
    );
    const memory = () =>
      minds.get(friend)!.memories.find(({ originPublisher }) => originPublisher === "elsewhere");
    const sizes = () => [...minds].map(([, mind]) => toBinary(MindSchema, mind as never).length);
    const weighs = (day: number) => {
      const kept = memory();
      return kept === undefined ? 0 : memoryScore(kept, day * DAY);
    };
    const atFirst = weighs(1);
    lived.passUntil(15 * DAY, H);
    const early = Math.max(...sizes());
    expect(weighs(15)).toBeLessThan(0.7 * atFirst);
    lived.world.forget();
    lived.passUntil(61 * DAY, H);
    expect(weighs(61)).toBeLessThan(0.15 * atFirst);
    for (const id of others)
      expect(
        minds
          .get(id)!
          .relations.filter(({ toId }) => toId === guard)
          .map(relationScore),
      ).toEqual([]);
    // A mind holds as much after two months as after two weeks.
    expect(Math.max(...sizes())).toBeLessThan(1.1 * early);
  });
});

describe("a speaker killed in mid sentence", () => {
  it("says nothing any more, and what was said stays said: the other knows it and goes on", () => {
    keep((_, at) => at < 120);
    const lived = peopleWorld(pack, 9 * H);
    const { world } = lived;
    let atGs = 9 * H;
    while (world.emitted(NpcSpoke).length === 0) lived.passUntil((atGs += 60), 60);
    const { npcId, toId } = world.emitted(NpcSpoke)[0]!.event;
    const said = world.emitted(NpcSpoke).filter(({ event }) => event.npcId === npcId).length;
    world.run(KillRequest, KillResponse, {
      worldId: "vale",
      npcId,
      cause: DeathCause.VIOLENCE,
      killerId: "player:x",
    });
    lived.passUntil(atGs + 6 * H, 300);
    const lines = world.emitted(NpcSpoke).map(({ event }) => event);
    expect(lines.filter((line) => line.npcId === npcId)).toHaveLength(said);
    expect(lines.filter((line) => line.toId === npcId && line.atGs > atGs + 20)).toEqual([]);
    expect(world.state.minds.get(toId)).toBeDefined();
    expect(world.emitted(NpcActed).some(({ event }) => event.npcId === toId && event.atGs > atGs)).toBe(true);
  });
});
