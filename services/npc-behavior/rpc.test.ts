import { NpcService } from "@orrery/schema/npc/v1";
import { TimeUpdated } from "@orrery/schema/time/v1";
import { type Pack, ShortageDeclared, ShortageLevel, WorldCreated } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import service from "./service.ts";
import { hollowmere, minute } from "./valley.testing.ts";

const H = 3_600;
const player = { role: "player", id: "ada", scopes: [] } as const;
const admin = { role: "admin", id: "ops", scopes: [] } as const;
let services: TestServices;
let pack: Pack;
beforeEach(async () => {
  pack = await hollowmere();
  // A hamlet is enough: its land is read all the same.
  const hamlet = pack.society!.persons.filter(({ householdId }) => /stonefold|blacklarch/.test(householdId));
  pack.society!.persons = hamlet;
  services = await testServices([service]);
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "one", atGs: 6 * H, pack });
  for (let atGs = 6.5 * H; atGs <= 9 * H; atGs += 0.5 * H)
    await services.tell("vale", "time-manager", TimeUpdated, minute(atGs, 0.5 * H, pack));
  await services.pass();
});
afterEach(() => services.stop());
const calls = (caller: typeof player | typeof admin = player) =>
  services.host.directory.client(NpcService, caller);

describe("people", () => {
  it("are at things that have words", async () => {
    const { activities } = await calls().listActivities({ worldId: "vale" });
    expect(activities).toContainEqual(
      expect.objectContaining({ activityId: "activity:sleep", says: "sleeps" }),
    );
    expect(activities.every(({ says }) => says.length > 0)).toBe(true);
  });

  it("are listed in pages, by region and role", async () => {
    const asked = { worldId: "vale", pageSize: 5 };
    const first = await calls().listNpcs(asked);
    const second = await calls().listNpcs({ ...asked, pageToken: first.nextPageToken });
    const ids = [...first.npcs, ...second.npcs].map(({ npcId }) => npcId);
    expect(ids).toHaveLength(8);
    expect(ids).toEqual([...ids].sort());
    expect(second.nextPageToken).toBe("");
    const shepherds = await calls().listNpcs({ worldId: "vale", roleId: "role:shepherd" });
    expect(shepherds.npcs.map(({ name }) => name)).toEqual(["Mairi Stonefold", "Struan Stonefold"]);
    const elsewhere = await calls().listNpcs({ worldId: "vale", regionId: "region:mereshore" });
    expect(elsewhere.npcs).toEqual([]);
  });

  it("are seen at what they do", async () => {
    const { npc, atGs } = await calls().getNpc({ worldId: "vale", npcId: "npc:struan-stonefold" });
    expect(atGs).toBe(9 * H);
    expect(npc).toMatchObject({ role: "shepherd", doing: "works", placeId: "place:headwater-fold" });
  });

  it("speak of things that happened: whoever plays hears of themselves alone, whatever they ask for", async () => {
    const [regionId, goodId] = ["region:high-pass", "good:grain"];
    const { npcs } = await calls().listNpcs({ worldId: "vale" });
    await services.tell("vale", "world-state", ShortageDeclared, {
      ...{ atGs: 9 * H, regionId: npcs[0]?.regionId ?? regionId, goodId, marketId: `${regionId}/${goodId}` },
      ...{ level: ShortageLevel.SHORT, staple: true },
    });
    await services.pass();
    const asked = { worldId: "vale", aboutId: goodId };
    const told = (await calls(admin).listRumours(asked)).rumours;
    expect(told[0]?.steps.length).toBeGreaterThan(0);
    expect((await calls().listRumours(asked)).rumours).toEqual([]);
    await expect(calls().listRumours({ ...asked, playerId: "bea" })).rejects.toThrow(/RPC_NOT_SELF/);
  });

  it("who are not there are said to be unknown, by name", async () => {
    const asked = calls().getNpc({ worldId: "vale", npcId: "constructor" });
    await expect(asked).rejects.toThrow(/NPC_UNKNOWN.*constructor/);
  });
});

describe("a mind", () => {
  it("is explained to operators: its needs now, and all that would be weighed, best first", async () => {
    const { needs, weighed, mind } = await calls(admin).explain({
      worldId: "vale",
      npcId: "npc:eilid-stonefold",
    });
    expect(needs).toHaveLength(7);
    expect(weighed[0]?.activityId).toBe(mind?.doing?.activityId);
    const utilities = weighed.map(({ utility }) => utility);
    expect(utilities).toEqual(utilities.toSorted((a, b) => b - a));
    expect(weighed[0]?.considered.length).toBeGreaterThan(0);
  });

  it("tells what was chosen last, the newest first, what spoke for it, and what came next to it", async () => {
    const ask = () => calls(admin).explain({ worldId: "vale", npcId: "npc:eilid-stonefold" });
    const { chosen, mind } = await ask();
    expect(chosen[0]?.says).not.toBe("");
    expect(chosen[0]).toMatchObject({
      activityId: mind?.doing?.activityId,
      placeId: mind?.doing?.placeId,
    });
    for (const { reasons, instead, insteadId } of chosen) {
      const made = reasons.map((reason) => reason.made);
      expect(made.length).toBeGreaterThan(0);
      expect(made).toEqual(made.toSorted((a, b) => b - a));
      expect(Math.max(...made)).toBeLessThanOrEqual(1);
      expect(instead === "").toBe(insteadId === "");
    }
    const times = chosen.map(({ atGs }) => atGs);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it("is no player's business", async () => {
    const asked = calls().explain({ worldId: "vale", npcId: "npc:eilid-stonefold" });
    await expect(asked).rejects.toThrow(/RPC_FORBIDDEN|not allowed|PERMISSION/i);
  });

  it("is not changed by being asked", async () => {
    const ask = () => calls(admin).explain({ worldId: "vale", npcId: "npc:ard-stonefold" });
    expect(await ask()).toEqual(await ask());
  });

  it("has a day ahead of it", async () => {
    const { slots } = await calls(admin).previewDay({
      worldId: "vale",
      npcId: "npc:struan-stonefold",
      daysAhead: 1,
    });
    expect(slots.map(({ says, placeId }) => `${says} ${placeId}`).slice(1, 3)).toEqual([
      "eats at home place:stonefold-home",
      "works place:headwater-fold",
    ]);
    const far = calls(admin).previewDay({ worldId: "vale", npcId: "npc:struan-stonefold", daysAhead: 400 });
    await expect(far).rejects.toThrow(/NPC_DAYS_AHEAD/);
  });
});

describe("what somebody knows and feels", () => {
  it("is told to operators: memories in words, with who told them, and relations, the closest first", async () => {
    const short = {
      atGs: 9 * H,
      regionId: "region:hollowhead",
      goodId: "good:grain",
      marketId: "region:hollowhead/good:grain",
      level: ShortageLevel.SHORT,
      staple: true,
    };
    await services.tell("vale", "world-state", ShortageDeclared, short);
    await services.pass();
    const { npcs } = await calls().listNpcs({ worldId: "vale" });
    const known = await Promise.all(
      npcs.map(({ npcId }) => calls(admin).listMemories({ worldId: "vale", npcId })),
    );
    const memories = known.flatMap((one) => one.memories);
    expect(memories.length).toBeGreaterThan(0);
    for (const { text, teller, score, memory } of memories) {
      expect(text).toMatch(/^They say grain runs short in Hollowhead\.$/);
      expect([teller, memory?.hops]).toEqual(["", 0]);
      expect(score).toBeGreaterThan(0.5);
    }
    for (const { npcId } of npcs) {
      const { relations } = await calls(admin).listRelations({ worldId: "vale", npcId });
      const scores = relations.map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
  });

  it("is no player's business", async () => {
    const asked = calls().listMemories({ worldId: "vale", npcId: "npc:eilid-stonefold" });
    await expect(asked).rejects.toThrow(/RPC_FORBIDDEN|not allowed|PERMISSION/i);
  });
});

it("is the same after a kill, and goes on", async () => {
  const before = await calls().listNpcs({ worldId: "vale" });
  await services.restart({ killed: true });
  expect(await calls().listNpcs({ worldId: "vale" })).toEqual(before);
  await services.tell("vale", "time-manager", TimeUpdated, minute(10 * H, H, pack));
  await services.pass();
  expect((await calls().listNpcs({ worldId: "vale" })).atGs).toBe(10 * H);
});
