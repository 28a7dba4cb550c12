import {
  ActPhase,
  ApplyStimulusRequest,
  ApplyStimulusResponse,
  DeathCause,
  InteractKind,
  InteractRequest,
  InteractResponse,
  KillRequest,
  KillResponse,
  NpcActed,
  NpcMoved,
  PeopleFrightened,
  StimulusKind,
} from "@orrery/schema/npc/v1";
import {
  ActionOutcome,
  FactionAction,
  FactionActed,
  Need,
  PlayerMoved,
  Predicate,
  Reflex,
} from "@orrery/schema/world/v1";
import { levelOf } from "@orrery/npc-mind";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 60);
  lived = peopleWorld(pack, 9 * H);
  lived.passUntil(10 * H, 300);
});
const minds = () => lived.world.state.minds;
const safety = (npcId: string) => levelOf(minds().get(npcId)?.needs ?? [], Need.SAFETY);
/** Where most people are. */
const crowded = () => {
  const [placeId] = lived.world.derived.present
    .listed()
    .toSorted(([, one], [, other]) => other.length - one.length)[0]!;
  return placeId;
};
const frighten = (over: object = {}) =>
  lived.world.run(ApplyStimulusRequest, ApplyStimulusResponse, {
    worldId: "vale",
    kind: StimulusKind.FIGHT,
    placeId: crowded(),
    radiusM: 200,
    intensity: 0.9,
    ...over,
  });

describe("a fight near by", () => {
  it("is noticed by those who are near, less the farther they are, and makes them less safe", () => {
    const placeId = crowded();
    const there = [...lived.world.derived.present.at(placeId)];
    const before = new Map(there.map((id) => [id, safety(id)]));
    const { noticed, count } = frighten({ radiusM: 1_500 });
    expect(count).toBeGreaterThan(there.length);
    expect(noticed).toHaveLength(16);
    const felt = noticed.map((one) => one.felt);
    expect(Math.max(...felt)).toBeLessThanOrEqual(0.9);
    for (const [id, level] of before) expect(safety(id)).toBeLessThan(level);
    expect(lived.world.emitted(PeopleFrightened).at(-1)?.event).toMatchObject({ placeId, noticed: count });
  });

  it("breaks off what they do: they run where it is safe, stand up to it, or cower", () => {
    const placeId = crowded();
    const there = [...lived.world.derived.present.at(placeId)];
    frighten();
    const acted = lived.world.emitted(NpcActed).filter(({ event }) => event.phase === ActPhase.INTERRUPTED);
    expect(acted.length).toBeGreaterThan(0);
    const does = new Set(there.map((id) => minds().get(id)?.doing?.activityId));
    for (const activityId of does)
      expect(["activity:flee", "activity:fight", "activity:cower"]).toContain(activityId);
    lived.passUntil(lived.nowGs() + H / 2, 60);
    const [fromX, fromY] = lived.world.derived.country.atlas.place(placeId)!.spot;
    const fled = lived.world
      .emitted(NpcActed)
      .filter(({ event }) => event.activityId === "activity:flee" && event.phase === ActPhase.STARTED);
    expect(fled.length).toBeGreaterThan(0);
    for (const { event } of fled) {
      const [x, y] = lived.world.derived.country.atlas.place(event.placeId)!.spot;
      expect(Math.hypot(x - fromX, y - fromY)).toBeGreaterThanOrEqual(200);
    }
  });

  it("is remembered by the sixteen nearest, and leads back to what was said of it", () => {
    const { noticed } = frighten({ sourceId: "player:ruffian", victimId: "npc:marta-crumb" });
    const awake = noticed.filter(({ npcId }) =>
      minds()
        .get(npcId)
        ?.memories.some(({ fact }) => fact?.subject === "player:ruffian"),
    );
    expect(awake.length).toBeGreaterThan(0);
    const { id: identity } = lived.world.emitted(PeopleFrightened).at(-1)!;
    const memory = minds()
      .get(awake[0]!.npcId)!
      .memories.find(({ fact }) => fact?.subject === "player:ruffian");
    expect(memory).toMatchObject({
      fact: { predicate: Predicate.ATTACKED, object: "npc:marta-crumb" },
      originPublisher: identity.publisher,
      originSequence: identity.sequence,
    });
  });

  it("is felt by half under another roof and in sleep, and where it is in full", () => {
    const placeId = crowded();
    const { atlas } = lived.world.derived.country;
    const before = new Map([...minds()].map(([id, { placeId: at }]) => [id, at]));
    const spot = atlas.place(placeId)!.spot;
    const { noticed } = frighten({ radiusM: 1_500, intensity: 0.9 });
    const seen = noticed.flatMap(({ npcId, felt }) => {
      const at = atlas.place(before.get(npcId) ?? "");
      if (at === undefined) return [];
      const full = 0.9 * (1 - Math.hypot(at.spot[0] - spot[0], at.spot[1] - spot[1]) / 1_500);
      const isMuffled = at.id !== placeId && !at.openAir;
      return [{ felt, full, isMuffled }];
    });
    expect(seen.some(({ isMuffled }) => isMuffled)).toBe(true);
    for (const { felt, full, isMuffled } of seen) expect(felt).toBeCloseTo(isMuffled ? full / 2 : full, 6);
    // By night, at a house: those who sleep there feel half of it.
    lived.passUntil(27 * H, 300);
    const asleep = [...minds()].find(([, { doing }]) => doing?.activityId === "activity:sleep")![1];
    const house = frighten({ placeId: asleep.placeId, radiusM: 50, intensity: 0.8 }).noticed;
    expect(house.find(({ npcId }) => npcId === asleep.npcId)?.felt).toBeCloseTo(0.4, 6);
  });

  it("is run from to one's own home, where that is near and out of its reach", () => {
    const { atlas } = lived.world.derived.country;
    const [x, y] = atlas.place(crowded())!.spot;
    frighten();
    const fled = [...minds()].filter(([, { doing }]) => doing?.activityId === "activity:flee");
    const withHome = fled.filter(([, { homePlaceId, xM, yM }]) => {
      const [hx, hy] = atlas.place(homePlaceId)!.spot;
      return Math.hypot(hx - x, hy - y) >= 200 && Math.hypot(hx - xM, hy - yM) <= 2_400;
    });
    expect(withHome.length).toBeGreaterThan(0);
    for (const [, { doing, homePlaceId }] of withHome) expect(doing?.placeId).toBe(homePlaceId);
  });

  it("said again at once makes nobody run twice, and those who ran stay where it is safe for a while", () => {
    frighten();
    const moved = lived.world.emitted(NpcMoved).length;
    for (let times = 0; times < 20; times++) frighten({ placeId: "place:weighhouse", intensity: 0.9 });
    const again = lived.world.emitted(NpcMoved).length - moved;
    expect(again).toBeLessThanOrEqual(minds().size * 2);
    lived.passUntil(lived.nowGs() + 6 * H, 300);
    const stuck = [...minds()].filter(([, { doing }]) =>
      ["activity:flee", "activity:fight", "activity:cower"].includes(doing?.activityId ?? ""),
    );
    expect(stuck).toEqual([]);
  });

  it("far from everybody frightens nobody, and nothing is said of it", () => {
    expect(frighten({ placeId: "", xM: -9_000, yM: -9_000, radiusM: 10 }).count).toBe(0);
    expect(lived.world.emitted(PeopleFrightened)).toEqual([]);
  });

  it.each([
    { intensity: 2 },
    { intensity: Number.NaN },
    { radiusM: 0 },
    { radiusM: 1e9 },
    { kind: StimulusKind.UNSPECIFIED },
    { kind: 99 },
    { strength: -1 },
    { placeId: "", xM: Number.POSITIVE_INFINITY },
  ])("with %o is refused, and changes nothing", (over) => {
    expect(() => frighten(over)).toThrow(/NPC_STIMULUS/);
    expect(lived.world.emitted(PeopleFrightened)).toEqual([]);
  });

  it.each([{ sourceId: "x".repeat(300) }, { victimId: "constructor" }, { sourceId: "npc:a b" }])(
    "by or against what is no id, %o, is refused",
    (over) => {
      expect(() => frighten(over)).toThrow(/NPC_WHO/);
      expect(lived.world.emitted(PeopleFrightened)).toEqual([]);
    },
  );

  it("at a place that there is not is refused", () => {
    expect(() => frighten({ placeId: "constructor" })).toThrow(/NPC_PLACE_UNKNOWN/);
  });
});

it("whoever is threatened does not go on with what they did", () => {
  const placeId = crowded();
  const [npcId] = [...lived.world.derived.present.at(placeId)] as [string];
  const told = { atGs: lived.nowGs(), playerId: "player:guest", regionId: "", placeId, present: true };
  lived.world.tell(PlayerMoved, told);
  const before = safety(npcId);
  lived.world.run(InteractRequest, InteractResponse, {
    ...{ worldId: "vale", playerId: "guest", npcId, kind: InteractKind.THREATEN },
  });
  expect(safety(npcId)).toBeLessThan(before);
  const activity = minds().get(npcId)?.doing?.activityId ?? "";
  const reflexes = lived.world.derived.country.society.reflexes;
  const [flee, fight, cower] = [Reflex.FLEE, Reflex.FIGHT, Reflex.COWER].map((one) => reflexes.get(one)?.id);
  expect([flee, fight, cower]).toContain(activity);
});

it("a killing drives away those who see it, a death of age does not", () => {
  const placeId = crowded();
  const [first, second] = [...lived.world.derived.present.at(placeId)] as [string, string];
  const die = (npcId: string, cause: DeathCause, killerId: string) =>
    lived.world.run(KillRequest, KillResponse, { worldId: "vale", npcId, cause, killerId });
  const reflexes = () =>
    [...minds()].filter(([, { doing }]) =>
      ["activity:flee", "activity:fight", "activity:cower"].includes(doing?.activityId ?? ""),
    ).length;
  die(first, DeathCause.AGE, "");
  expect(reflexes()).toBe(0);
  const { witnessIds } = die(second, DeathCause.VIOLENCE, "player:guest");
  expect(reflexes()).toBe(witnessIds.length);
});

it("a raid sends those in the open of that region home, and nobody elsewhere", () => {
  const regionId = minds().get("npc:marta-crumb")!.regionId;
  const raid = { atGs: lived.nowGs(), factionId: "faction:delve", targetId: "faction:mere", regionId };
  const out = [...minds()].filter(
    ([, { regionId: where, placeId }]) =>
      where === regionId && lived.world.derived.country.atlas.place(placeId)?.openAir !== false,
  );
  expect(out.length).toBeGreaterThan(0);
  lived.world.tell(FactionActed, {
    ...raid,
    action: FactionAction.RAID,
    outcome: ActionOutcome.DONE,
  });
  const runs = [...minds()].filter(([, { doing }]) =>
    ["activity:flee", "activity:fight", "activity:cower"].includes(doing?.activityId ?? ""),
  );
  expect(runs.map(([id]) => id)).toEqual(out.map(([id]) => id));
});
