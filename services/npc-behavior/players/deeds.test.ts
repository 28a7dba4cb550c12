import { distance } from "@orrery/atlas";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  ApplyStimulusRequest,
  ApplyStimulusResponse,
  NpcMoved,
  NpcSpoke,
  StimulusKind,
} from "@orrery/schema/npc/v1";
import { Predicate, SpeechAct, ThingActed, Verb } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const GUEST = "player:guest";
const [BELL, CHAPEL] = ["object:market-bell", "place:hollowmarket-chapel"];
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  const own = new Set(
    pack.land?.places.filter(({ regionId }) => regionId === "region:market-vale").map(({ id }) => id),
  );
  if (pack.society)
    pack.society.persons = pack.society.persons
      .filter(({ homePlaceId }) => own.has(homePlaceId))
      .slice(0, 60);
  lived = peopleWorld(pack, 9 * H);
  lived.passUntil(11 * H, 300);
});
const minds = () => lived.world.state.minds;
const act = (verb: Verb, over: object = {}) =>
  lived.world.tell(
    ThingActed,
    {
      ...{ atGs: lived.nowGs(), thingId: BELL, actorId: GUEST, verb, placeId: CHAPEL },
      ...{ regionId: "region:market-vale", heardM: verb === Verb.RING ? 900 : 0 },
      ...over,
    },
    { source: "world-state" },
  );
const knowing = (predicate: Predicate) =>
  [...minds()]
    .filter(([, { memories }]) =>
      memories.some(({ fact }) => fact?.predicate === predicate && fact.subject === GUEST),
    )
    .map(([id]) => id);
const isUp = (doing: { readonly activityId: string; readonly startedGs?: number } | undefined) =>
  doing?.startedGs !== undefined && doing.activityId !== "activity:sleep";
const awakeAt = () =>
  lived.world.derived.present
    .listed()
    .find(([, ids]) => ids.length > 1 && [...ids].every((id) => isUp(minds().get(id)?.doing)))!;

describe("a bell that a stranger rings", () => {
  it("is known to those who hear it, with where it comes from, and to more of them the next day", () => {
    const spot = lived.world.derived.country.atlas.place(CHAPEL)!.spot;
    const near = [...minds()].filter(([, { xM, yM }]) => distance([xM, yM], spot) <= 900).map(([id]) => id);
    const origin = act(Verb.RING);
    const heard = knowing(Predicate.RANG);
    expect(heard.length).toBeGreaterThan(3);
    for (const id of heard) {
      expect(near).toContain(id);
      const memory = minds()
        .get(id)!
        .memories.find(({ fact }) => fact?.predicate === Predicate.RANG);
      expect([memory?.originPublisher, memory?.originSequence]).toEqual([origin.publisher, origin.sequence]);
    }
    lived.passUntil(35 * H, 300);
    expect(knowing(Predicate.RANG).length).toBeGreaterThan(heard.length);
    const gossip = lived.world
      .emitted(NpcSpoke)
      .filter(({ event }) => event.topic?.predicate === Predicate.RANG);
    expect(gossip.length).toBeGreaterThan(0);
    expect(gossip.map(({ event }) => event.text).join()).toMatch(/Market Bell/);
    expect(gossip.every(({ cause }) => cause?.sequence === origin.sequence)).toBe(true);
  });

  it("brings some who come and see, at once", () => {
    const before = lived.world.emitted(NpcMoved).length;
    act(Verb.RING);
    const came = lived.world.emitted(NpcMoved).slice(before);
    expect(came.map(({ event }) => event.toPlaceId)).toEqual(came.map(() => CHAPEL));
    expect(came.length).toBeGreaterThan(0);
    expect(came.length).toBeLessThanOrEqual(3);
    lived.passUntil(12 * H, 60);
    const arrived = came.filter(({ event }) =>
      lived.world
        .emitted(NpcMoved)
        .some(
          ({ event: to }) => to.npcId === event.npcId && to.arriveGs <= to.atGs && to.toPlaceId === CHAPEL,
        ),
    );
    expect(arrived).toHaveLength(came.length);
  });

  it("does not call anybody out of a fright", () => {
    act(Verb.RING);
    const would = lived.world.emitted(NpcMoved).filter(({ event }) => event.toPlaceId === CHAPEL);
    const [nearest] = would.map(({ event }) => event.fromPlaceId);
    lived.passUntil(13 * H, 300);
    lived.world.run(ApplyStimulusRequest, ApplyStimulusResponse, {
      ...{ worldId: "vale", kind: StimulusKind.BEAST, placeId: nearest!, radiusM: 900 },
      ...{ intensity: 1, strength: 1 },
    });
    const reflexes = [...lived.world.derived.country.society.reflexes.values()].map(({ id }) => id);
    const frightened = () =>
      [...minds()].filter(([, { doing }]) => reflexes.includes(doing?.activityId ?? ""));
    const before = frightened().map(([id, { doing }]) => [id, doing?.activityId]);
    expect(before.length).toBeGreaterThan(3);
    act(Verb.RING);
    expect(frightened().map(([id, { doing }]) => [id, doing?.activityId])).toEqual(before);
  });

  it("wakes who sleeps", () => {
    lived.passUntil(26 * H, 300);
    const asleep = () =>
      [...minds()].filter(
        ([, { doing }]) => doing?.activityId === "activity:sleep" && doing.startedGs !== undefined,
      ).length;
    const before = asleep();
    act(Verb.RING);
    expect(asleep()).toBeLessThan(before);
    lived.passUntil(28 * H, 300);
    expect(asleep()).toBeGreaterThan(before / 2);
  });

  it("by itself, or a door that opens, is no news to anybody", () => {
    const before = lived.world.frames().length;
    act(Verb.RING, { actorId: "" });
    act(Verb.OPEN);
    act(Verb.RING, { placeId: "place:constructor" });
    expect(lived.world.frames()).toHaveLength(before);
    expect(knowing(Predicate.RANG)).toEqual([]);
  });
});

describe("a gate that a stranger bars", () => {
  it("is answered at once by one who is there, seen by all of them, and thought worse of", () => {
    const [placeId, there] = awakeAt();
    act(Verb.BAR, { placeId, thingId: "object:toll-gate" });
    const spoken = lived.world.emitted(NpcSpoke).filter(({ event }) => event.toId === GUEST);
    expect(spoken).toHaveLength(1);
    expect(spoken[0]?.event).toMatchObject({ act: SpeechAct.ANSWER, placeId, atGs: lived.nowGs() });
    expect(spoken[0]?.event.text).not.toMatch(/[{}]/);
    expect(knowing(Predicate.BARRED)).toEqual([...there].sort());
    for (const id of there)
      expect(
        minds()
          .get(id)
          ?.relations.find(({ toId }) => toId === GUEST)?.affinity,
      ).toBeLessThan(0);
  });

  it("and opened again by one of the people is known of them, and said to nobody", () => {
    const [placeId, there] = awakeAt();
    const [actorId] = [...there].sort();
    act(Verb.UNBAR, { placeId, actorId });
    expect(
      minds()
        .get(actorId!)!
        .memories.some(({ fact }) => fact?.predicate === Predicate.UNBARRED),
    ).toBe(false);
    const others = [...there].filter((id) => id !== actorId);
    for (const id of others)
      expect(
        minds()
          .get(id)!
          .memories.some(({ fact }) => fact?.predicate === Predicate.UNBARRED),
      ).toBe(true);
  });

  it("is known of nobody who was erased", () => {
    const [placeId] = awakeAt();
    act(Verb.BAR, { placeId });
    act(Verb.RING);
    lived.world.tell(SubjectErased, { subject: GUEST });
    for (const [, mind] of minds()) expect(JSON.stringify(mind)).not.toContain(GUEST);
  });
});
