import { levelOf } from "@orrery/npc-mind";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { GiftAnswered, GiftRefusal, InteractKind, NpcApproached, NpcSpoke } from "@orrery/schema/npc/v1";
import { GoodsOffered, Need, PlayerMoved, Predicate } from "@orrery/schema/world/v1";
import { beforeEach, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
const GUEST = "player:guest";
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 40);
  lived = peopleWorld(pack, 9 * H);
  lived.passUntil(11 * H, 300);
});
const minds = () => lived.world.state.minds;
const somebody = () => {
  const there = lived.world.derived.present
    .listed()
    .find(
      ([, ids]) => ids.length > 1 && [...ids].every((id) => minds().get(id)?.doing?.startedGs !== undefined),
    );
  return minds().get([...there![1]].sort()[0]!)!;
};
const come = (placeId: string) =>
  lived.world.tell(PlayerMoved, {
    atGs: lived.nowGs(),
    playerId: GUEST,
    regionId: "",
    placeId,
    present: true,
  });
const offer = (npcId: string, over: object = {}) =>
  lived.world.tell(
    GoodsOffered,
    {
      atGs: lived.nowGs(),
      giftId: "gift:1",
      playerId: GUEST,
      npcId,
      goodId: "good:grain",
      quantity: 1,
      ...over,
    },
    { source: "world-state" },
  );
const answers = () => lived.world.emitted(GiftAnswered).map(({ event }) => event);
const food = (npcId: string) => levelOf(minds().get(npcId)!.needs, Need.FOOD);

it("bread that a stranger gives is taken, eaten, thanked for, remembered by all who are there, and told on", () => {
  const { npcId, placeId } = somebody();
  come(placeId);
  const before = food(npcId);
  offer(npcId);
  expect(answers()).toMatchObject([
    { giftId: "gift:1", npcId, playerId: GUEST, taken: true, atGs: lived.nowGs() },
  ]);
  expect(food(npcId)).toBeGreaterThan(Math.min(0.9, before));
  const approached = lived.world.emitted(NpcApproached).at(-1)!;
  expect(approached.event).toMatchObject({ npcId, kind: InteractKind.GIVE });
  expect(lived.world.emitted(NpcSpoke).at(-1)?.event).toMatchObject({
    npcId,
    toId: GUEST,
    exchangeId: "gift:1",
  });
  expect(
    minds()
      .get(npcId)!
      .relations.find(({ toId }) => toId === GUEST)?.affinity,
  ).toBeGreaterThan(0.1);
  const knowing = () =>
    [...minds()].filter(([, { memories }]) =>
      memories.some(({ fact }) => fact?.predicate === Predicate.AIDED && fact.subject === GUEST),
    ).length;
  const saw = knowing();
  expect(saw).toBeGreaterThan(0);
  lived.passUntil(35 * H, 300);
  expect(knowing()).toBeGreaterThan(saw);
});

it("is not taken by who is elsewhere, is nobody, is asleep, hears of it late, or from somebody whom nobody knows", () => {
  const { npcId, placeId } = somebody();
  offer(npcId);
  come(placeId === "place:salt-pans" ? "place:weighhouse" : "place:salt-pans");
  offer(npcId);
  offer("npc:constructor");
  lived.passUntil(26 * H, 300);
  const [sleeper] = [...minds()].find(
    ([, { doing }]) => doing?.activityId === "activity:sleep" && doing.startedGs !== undefined,
  )!;
  come(minds().get(sleeper)!.placeId);
  offer(sleeper);
  offer(sleeper, { atGs: lived.nowGs() - 86_401 });
  lived.world.tell(SubjectErased, { subject: GUEST });
  offer(sleeper);
  const { OUT_OF_REACH, NOBODY, ASLEEP, TOO_LATE } = GiftRefusal;
  expect(answers().map(({ taken, why }) => [taken, why])).toEqual(
    [OUT_OF_REACH, OUT_OF_REACH, NOBODY, ASLEEP, TOO_LATE, OUT_OF_REACH].map((why) => [false, why]),
  );
  expect(lived.world.emitted(NpcApproached)).toEqual([]);
  for (const [, mind] of minds()) expect(JSON.stringify(mind)).not.toContain(GUEST);
});

it("that serves no need, or is called as no object should be, is a gift all the same", () => {
  const { npcId, placeId } = somebody();
  come(placeId);
  offer(npcId, { goodId: "good:luxury" });
  offer(npcId, { goodId: "constructor", giftId: "gift:2" });
  expect(answers().map(({ taken }) => taken)).toEqual([true, true]);
  expect(minds().get(npcId)!.needs.every(Number.isFinite)).toBe(true);
});
