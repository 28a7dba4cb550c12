import { JournalService, WorldService as WorldsService } from "@orrery/schema/bus/v1";
import { DeathCause, NpcService } from "@orrery/schema/npc/v1";
import { Stance, WorldService } from "@orrery/schema/world/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startWorldInMemory } from "./world.testing.ts";

const admin = { role: "admin", id: "test", scopes: [] } as const;
const factionId = "faction:hallow-wardens";
let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory("vale", 60);
});
afterAll(() => host.stop());

it("whoever killed in a world did so in its fork, too, and what they do there then is of there alone", async () => {
  const client = host.directory.client;
  const kill = (worldId: string, npcId: string) =>
    client(NpcService, admin).kill({
      ...{ worldId, npcId, killerId: "player:ada", cause: DeathCause.VIOLENCE },
      idempotencyKey: `kill-${worldId}-${npcId}`,
    });
  const stance = async (worldId: string) => {
    const asked = { worldId, factionIds: [factionId], playerId: "ada" };
    return (
      await client(WorldService, admin)
        .getFactions(asked)
        .catch(() => undefined)
    )?.factions[0]?.reputation?.stance;
  };
  const soon = { timeout: 15_000 };
  await vi.waitUntil(() => kill("vale", "npc:isabeau-hallow").catch(() => undefined), soon);
  await vi.waitUntil(async () => (await stance("vale")) === Stance.TENSE, soon);
  // The journal hears of it a moment after the commit: a fork made of what it has.
  const types = ["world.v1.ReputationChanged"];
  const heard = () => client(JournalService, admin).query({ worldId: "vale", filter: { types } });
  await vi.waitUntil(async () => (await heard()).events.length > 0, soon);
  await client(WorldsService, admin).fork({
    ...{ worldId: "vale", newWorldId: "fork", idempotencyKey: "fork-of-vale" },
  });
  await vi.waitUntil(async () => (await stance("fork")) === Stance.TENSE, soon);
  const { factions } = await client(WorldService, admin).getFactions({ worldId: "fork", playerId: "ada" });
  expect(factions.find((one) => one.factionId === factionId)?.reputation?.value).toBeLessThan(-0.39);
  await vi.waitUntil(() => kill("fork", "npc:gatewarden-brude").catch(() => undefined), soon);
  await vi.waitUntil(async () => (await stance("fork")) === Stance.HOSTILE, soon);
  expect(await stance("vale")).toBe(Stance.TENSE);
}, 60_000);
