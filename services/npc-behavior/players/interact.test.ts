import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  InteractKind,
  InteractRequest,
  InteractResponse,
  NpcApproached,
  NpcSpoke,
  RelationBand,
} from "@orrery/schema/npc/v1";
import {
  Need,
  PlayerMoved,
  Predicate,
  ShortageDeclared,
  ShortageLevel,
  ShortageWhy,
  SpeechAct,
} from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const GUEST = "player:guest";
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 60);
  lived = peopleWorld(pack, 9 * H);
  lived.passUntil(11 * H, 300);
});
const minds = () => lived.world.state.minds;
/** Somebody who is awake at a place with others. */
const somebody = () => {
  const there = lived.world.derived.present
    .listed()
    .find(
      ([, ids]) => ids.length > 2 && [...ids].every((id) => minds().get(id)?.doing?.startedGs !== undefined),
    );
  return minds().get([...there![1]].sort()[0]!)!;
};
const come = (placeId: string, over: object = {}) =>
  lived.world.tell(PlayerMoved, {
    atGs: lived.nowGs(),
    playerId: GUEST,
    regionId: "",
    placeId,
    present: true,
    ...over,
  });
const interact = (npcId: string, kind: InteractKind, topic = "") =>
  lived.world.run(InteractRequest, InteractResponse, {
    worldId: "vale",
    playerId: "guest",
    npcId,
    kind,
    topic,
  });
const opinion = (npcId: string) =>
  minds()
    .get(npcId)
    ?.relations.find(({ toId }) => toId === GUEST);
const knowing = () =>
  [...minds()]
    .filter(([, { memories }]) => memories.some(({ fact }) => fact?.subject === GUEST))
    .map(([id]) => id);

describe("a player who turns to somebody", () => {
  it("is answered in the words of the pack, and it is told where they are", () => {
    const { npcId, placeId } = somebody();
    come(placeId);
    const { lines, exchangeId, attitude } = interact(npcId, InteractKind.TALK);
    expect(lines[0]).toMatchObject({ act: SpeechAct.ANSWER });
    expect(lines[0]?.text).not.toMatch(/[{}]/);
    expect(attitude).toBe(RelationBand.NEUTRAL);
    expect(lived.world.emitted(NpcApproached).at(-1)?.event).toMatchObject({
      npcId,
      playerId: GUEST,
      placeId,
      exchangeId,
    });
    const spoken = lived.world.emitted(NpcSpoke).filter(({ event }) => event.exchangeId === exchangeId);
    expect(spoken.map(({ event }) => [event.npcId, event.toId, event.text])).toEqual(
      lines.map(({ text }) => [npcId, GUEST, text]),
    );
  });

  it("who greets them every five seconds is no dearer to them for it", () => {
    const { npcId, placeId } = somebody();
    come(placeId);
    interact(npcId, InteractKind.TALK);
    const { affinity } = opinion(npcId)!;
    for (let times = 0; times < 50; times++) interact(npcId, InteractKind.TALK);
    expect(opinion(npcId)?.affinity).toBeCloseTo(affinity, 3);
    expect(minds().get(npcId)!.memories.length).toBeLessThanOrEqual(96);
  });

  it("and asks about a thing hears what they know of it, with where it comes from", () => {
    const { npcId, placeId, regionId } = somebody();
    const origin = lived.world.tell(ShortageDeclared, {
      ...{ atGs: lived.nowGs(), regionId, goodId: "good:grain", marketId: `${regionId}/good:grain` },
      ...{ level: ShortageLevel.SHORT, staple: true, serves: Need.FOOD, why: ShortageWhy.SCARCITY },
    });
    const knows = [...minds()].find(([, { memories }]) =>
      memories.some(({ fact }) => fact?.object === "good:grain"),
    );
    come(knows![1].placeId || placeId);
    const { lines } = interact(knows![0], InteractKind.ASK, "good:grain");
    expect(lines[0]).toMatchObject({ act: SpeechAct.GOSSIP });
    expect(lines[0]?.text).toMatch(/grain/i);
    expect(lived.world.emitted(NpcSpoke).at(-1)?.cause).toEqual(origin);
    expect(
      interact(npcId === knows![0] ? knows![0] : knows![0], InteractKind.ASK, "good:constructor").lines[0],
    ).toMatchObject({
      act: SpeechAct.ANSWER,
    });
  });

  it("with a threat is remembered by all who saw it, and within a day by more who did not", () => {
    const { npcId, placeId } = somebody();
    const there = lived.world.derived.present.at(placeId).length;
    come(placeId);
    const { attitude } = interact(npcId, InteractKind.THREATEN);
    expect(attitude).toBeLessThan(RelationBand.NEUTRAL);
    const saw = knowing();
    expect(saw).toContain(npcId);
    expect(saw.length).toBeLessThanOrEqual(there);
    const origin = lived.world.emitted(NpcApproached).at(-1)!.id;
    for (const id of saw) {
      const memory = minds()
        .get(id)!
        .memories.find(({ fact }) => fact?.subject === GUEST);
      expect(memory?.fact?.predicate).toBe(Predicate.THREATENED);
      expect([memory?.originPublisher, memory?.originSequence]).toEqual([origin.publisher, origin.sequence]);
    }
    lived.passUntil(35 * H, 300);
    expect(knowing().length).toBeGreaterThan(saw.length);
  });

  it("with a hand is thought better of", () => {
    const { npcId, placeId } = somebody();
    come(placeId);
    expect(interact(npcId, InteractKind.HELP).attitude).toBeGreaterThan(RelationBand.NEUTRAL);
  });

  it("is refused where they are not, are away or on the way, or there is nobody; and nothing has happened", () => {
    const { npcId, placeId } = somebody();
    expect(() => interact(npcId, InteractKind.TALK)).toThrow(/NPC_OUT_OF_REACH/);
    for (const over of [{ placeId: "" }, { placeId: "place:salt-pans" }, { present: false }]) {
      come(placeId, over);
      expect(() => interact(npcId, InteractKind.TALK)).toThrow(/NPC_OUT_OF_REACH/);
    }
    expect(() => interact("npc:constructor", InteractKind.TALK)).toThrow(/NPC_UNKNOWN/);
    come(placeId);
    expect(() => interact(npcId, InteractKind.UNSPECIFIED)).toThrow(/NPC_INTERACT_KIND/);
    expect(() => interact(npcId, 99 as InteractKind)).toThrow(/NPC_INTERACT_KIND/);
    expect(lived.world.emitted(NpcApproached)).toEqual([]);
  });

  it("wakes nobody", () => {
    lived.passUntil(27 * H, 300);
    const sleeper = [...minds()].find(
      ([, { doing }]) => doing?.activityId === "activity:sleep" && doing.startedGs !== undefined,
    )!;
    come(sleeper[1].placeId);
    expect(() => interact(sleeper[0], InteractKind.TALK)).toThrow(/NPC_ASLEEP/);
  });

  it("and is erased is known to nobody any more", () => {
    const { npcId, placeId } = somebody();
    come(placeId);
    interact(npcId, InteractKind.THREATEN);
    lived.world.tell(SubjectErased, { subject: GUEST });
    expect(knowing()).toEqual([]);
    for (const [, mind] of minds()) expect(JSON.stringify(mind)).not.toContain(GUEST);
    expect(lived.world.state.guests.size).toBe(0);
  });
});
