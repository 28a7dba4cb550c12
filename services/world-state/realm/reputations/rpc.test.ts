import { SubjectErased } from "@orrery/schema/bus/v1";
import { DeathCause, InteractKind, NpcApproached, NpcDied } from "@orrery/schema/npc/v1";
import { Stance, WorldCreated, WorldService } from "@orrery/schema/world/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import service from "../../service.ts";
import { hollowmere } from "../valley.testing.ts";

const worldId = "vale";
const [WARDENS, WARDEN, HOLLOW] = ["faction:hallow-wardens", "npc:isabeau-hallow", "region:upper-hollow"];
let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
  const pack = await hollowmere();
  for (const id of ["vale", "other"])
    await services.tell(id, "operator", WorldCreated, { worldId: id, seed: "one", pack });
  const threat = { kind: InteractKind.THREATEN, npcId: WARDEN, playerId: "player:ada", regionId: HOLLOW };
  await services.tell(worldId, "npc-behavior", NpcApproached, { atGs: 60, ...threat });
  const killing = { cause: DeathCause.VIOLENCE, npcId: WARDEN, killerId: "player:ada", regionId: HOLLOW };
  await services.tell(worldId, "npc-behavior", NpcDied, { atGs: 120, ...killing });
  await services.pass();
}, 60_000);
afterEach(() => services.stop());

const calls = (id: string, role: "player" | "admin" | "service" = "player") =>
  services.host.directory.client(WorldService, { role, id, scopes: [] });
type Calls = ReturnType<typeof calls>;
const reputation = async (by: Calls, playerId = "", world = worldId) => {
  const asked = { worldId: world, factionIds: [WARDENS!], playerId };
  const [shown] = (await by.getFactions(asked)).factions;
  return shown?.reputation && [shown.reputation.stance, Number(shown.reputation.value.toFixed(3))];
};
const NEUTRAL = [Stance.NEUTRAL, 0];

it("a player is shown their own, in each world another, and nobody else's; operators and services anyone's", async () => {
  expect(await reputation(calls("ada"))).toEqual([Stance.TENSE, -0.44]);
  expect(await reputation(calls("ada"), "", "other")).toEqual(NEUTRAL);
  expect(await reputation(calls("constructor"))).toEqual(NEUTRAL);
  await expect(reputation(calls("bea"), "ada")).rejects.toThrow(/RPC_NOT_SELF/);
  await expect(
    calls("bea").explain({ worldId, factionId: WARDENS!, playerId: "player:ada" }),
  ).rejects.toThrow(/RPC_NOT_SELF/);
  expect(await reputation(calls("root", "admin"))).toBeUndefined();
  for (const playerId of ["ada", "player:ada"])
    expect(await reputation(calls("root", "admin"), playerId)).toEqual([Stance.TENSE, -0.44]);
  expect(await reputation(calls("orchestration", "service"), "ada")).toEqual([Stance.TENSE, -0.44]);
});

it("is explained by what was done, which adds up, each with the event that tells of it", async () => {
  const asked = { worldId, factionId: WARDENS!, playerId: "ada" };
  const { text, terms } = await calls("ada").explain(asked);
  expect(text).toBe("To the Wardens of Hallow player:ada is somebody to be wary of");
  expect(terms.map(({ of, text: words }) => [of, words])).toEqual([
    ["deed", "threatened its people, or somebody on its land"],
    ["deed", "killed one of its people, or somebody on its land"],
  ]);
  expect(new Set(terms.map((term) => `${term.causePublisher}/${term.causeSequence}`)).size).toBe(2);
  for (const { causePublisher, causeSequence } of terms) {
    expect(causePublisher).not.toBe("");
    expect(causeSequence).toBeGreaterThan(0);
  }
  expect(terms.reduce((sum, { factor }) => sum + factor, 0)).toBeCloseTo(-0.44, 6);
  const stranger = await calls("root", "admin").explain({ ...asked, playerId: "bea" });
  expect(stranger).toMatchObject({ text: expect.stringContaining("neither friend nor enemy"), terms: [] });
  await expect(calls("ada").explain({ ...asked, factionId: "faction:constructor" })).rejects.toThrow(
    /WORLD_UNKNOWN_FACTION/,
  );
});

it("is the same after a kill, and gone, for good, once the player is erased", async () => {
  await services.restart({ killed: true });
  expect(await reputation(calls("ada"))).toEqual([Stance.TENSE, -0.44]);
  await services.tell(worldId, "event-bus", SubjectErased, { subject: "player:ada" });
  await services.pass();
  expect(await reputation(calls("ada"))).toEqual(NEUTRAL);
  await services.restart({ killed: true });
  expect(await reputation(calls("ada"))).toEqual(NEUTRAL);
});
