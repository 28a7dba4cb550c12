import {
  DeathCause,
  InteractKind,
  InteractRequest,
  InteractResponse,
  KillRequest,
  KillResponse,
  NpcActed,
  NpcDied,
  NpcMoved,
  NpcSpoke,
} from "@orrery/schema/npc/v1";
import { Predicate } from "@orrery/schema/world/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { hollowmere, peopleWorld } from "../valley.testing.ts";

const H = 3_600;
let lived: ReturnType<typeof peopleWorld>;
beforeEach(async () => {
  const pack = await hollowmere();
  if (pack.society) pack.society.persons = pack.society.persons.slice(0, 60);
  lived = peopleWorld(pack, 9 * H);
  lived.passUntil(11 * H, 300);
});
const minds = () => lived.world.state.minds;
const kill = (npcId: string, over: object = {}) =>
  lived.world.run(KillRequest, KillResponse, { worldId: "vale", npcId, cause: DeathCause.ACCIDENT, ...over });
/** Somebody who is among others, and has a household. */
const victim = () => {
  const there = lived.world.derived.present
    .listed()
    .find(
      ([, ids]) =>
        ids.length > 2 && [...ids].every((id) => minds().get(id)?.doing?.activityId !== "activity:sleep"),
    )!;
  return minds().get([...there[1]].sort()[0]!)!;
};
const knowing = (id: string) =>
  [...minds()].filter(([, { memories }]) =>
    memories.some(({ fact }) => fact?.subject === id || fact?.object === id),
  );

describe("somebody who dies", () => {
  it("has it as their last event, with who saw it and who is left; nothing is heard of them again", () => {
    const { npcId, name, householdId, placeId } = victim();
    const kin = [...minds()].filter(([id, mind]) => id !== npcId && mind.householdId === householdId);
    const { heirIds, witnessIds } = kill(npcId);
    expect(new Set(heirIds)).toEqual(new Set(kin.map(([id]) => id)));
    const ages = heirIds.map((id) => minds().get(id)!.ageYears);
    expect(ages).toEqual(ages.toSorted((one, other) => other - one));
    expect(witnessIds.length).toBeGreaterThan(0);
    expect(lived.world.emitted(NpcDied).map(({ event }) => [event.npcId, event.name, event.placeId])).toEqual(
      [[npcId, name, placeId]],
    );
    lived.world.forget();
    lived.passUntil(20 * H, 300);
    const after = [NpcMoved, NpcActed, NpcSpoke].flatMap((type) =>
      lived.world.emitted(type).map(({ event }) => event.npcId),
    );
    expect(after).not.toContain(npcId);
    expect(lived.world.derived.due.listed().map(([, id]) => id)).not.toContain(npcId);
  });

  it("is mourned by their own and told of by those who saw it: within a day many know, each by the event itself", () => {
    const { npcId } = victim();
    const company = (id: string) => minds().get(id)!.needs[4]!;
    const kin = [...minds()].find(
      ([id, mind]) => id !== npcId && mind.householdId === minds().get(npcId)!.householdId,
    );
    const before = kin && company(kin[0]);
    const { heirIds, witnessIds } = kill(npcId);
    if (kin && before !== undefined) expect(company(kin[0])).toBeLessThan(before);
    const first = knowing(npcId).map(([id]) => id);
    expect(new Set(first)).toEqual(new Set([...heirIds, ...witnessIds]));
    const origin = lived.world.emitted(NpcDied)[0]!.id;
    lived.passUntil(35 * H, 300);
    expect(knowing(npcId).length).toBeGreaterThan(first.length);
    for (const [, { memories }] of knowing(npcId))
      for (const memory of memories.filter(({ fact }) => fact?.subject === npcId))
        expect(memory.originSequence).toBe(origin.sequence);
    const told = lived.world.emitted(NpcSpoke).filter(({ event }) => event.topic?.subject === npcId);
    expect(told.length).toBeGreaterThan(0);
    for (const { event } of told) expect(event.text).not.toMatch(/npc:/);
  });

  it("by somebody's hand is known as that, and frightens those who saw it", () => {
    const { npcId } = victim();
    const { witnessIds } = kill(npcId, { cause: DeathCause.VIOLENCE, killerId: "player:guest" });
    const seer = minds().get(witnessIds[0]!)!;
    expect(seer.memories.at(-1)?.fact).toMatchObject({
      predicate: Predicate.KILLED,
      subject: "player:guest",
      object: npcId,
    });
    expect(seer.needs[3]).toBeLessThan(0.75);
  });

  it("dies once, of something, and there was somebody", () => {
    const { npcId } = victim();
    for (const cause of [DeathCause.UNSPECIFIED, 99 as DeathCause])
      expect(() => kill(npcId, { cause })).toThrow(/NPC_DEATH_CAUSE/);
    expect(() => kill("npc:constructor")).toThrow(/NPC_UNKNOWN/);
    expect(() => kill(npcId, { killerId: `player:${"x".repeat(10_000)}` })).toThrow(/NPC_WHO/);
    kill(npcId);
    expect(() => kill(npcId)).toThrow(/NPC_DEAD/);
    const talk = { worldId: "vale", playerId: "guest", npcId, kind: InteractKind.TALK };
    expect(() => lived.world.run(InteractRequest, InteractResponse, talk)).toThrow(/NPC_DEAD/);
    expect(lived.world.emitted(NpcDied)).toHaveLength(1);
  });

  it("out of a household of hundreds names the eldest, and is mourned by all", async () => {
    const pack = await hollowmere();
    const { society } = pack;
    if (society) for (const person of society.persons) person.householdId = "household:abbey";
    const many = peopleWorld(pack, 9 * H);
    const [npcId = ""] = many.world.state.minds.ids();
    const asked = { worldId: "vale", npcId, cause: DeathCause.ILLNESS, killerId: "" };
    const { heirIds } = many.world.run(KillRequest, KillResponse, asked);
    expect(heirIds).toHaveLength(64);
    const ages = heirIds.map((id) => many.world.state.minds.get(id)!.ageYears);
    expect(ages).toEqual(ages.toSorted((one, other) => other - one));
    const mourning = [...many.world.state.minds].filter(([, { memories }]) =>
      memories.some(({ fact }) => fact?.predicate === Predicate.DIED),
    );
    expect(mourning).toHaveLength(299);
  });

  it("on the way, or as the last of a household, dies like others", () => {
    lived.passUntil(17 * H, 60);
    const walker = [...minds()].find(([, { journey }]) => journey !== undefined);
    if (walker !== undefined) expect(kill(walker[0]).witnessIds).toEqual([]);
    for (const id of [...minds().ids()]) kill(id, { cause: DeathCause.ILLNESS });
    expect(minds().size).toBe(0);
    lived.passUntil(18 * H, 300);
    expect([lived.world.derived.due.size, lived.world.derived.present.listed().length]).toEqual([0, 0]);
  });
});
