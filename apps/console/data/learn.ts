import { NpcService } from "@orrery/schema/npc/v1";
import { EntityKind, WorldService, type WorldStateUpdated } from "@orrery/schema/world/v1";
import { REPAINT } from "./repaint.ts";
import type { Valley } from "./valley.ts";

const AGAIN_MS = 5_000;

/** Asks until there is an answer: not to know of roads is not to know that all are open. @param without a world may do without it */
async function learn(valley: Valley, without: string, ask: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await ask();
      valley.revision.set(valley.revision.get() + REPAINT);
      return;
    } catch (error) {
      if (String(error).includes(without)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** What goods are called and cost, and which roads are closed; a world may have none. */
export function learnMarkets(valley: Valley): Promise<void> {
  const asked = { worldId: valley.world.id };
  const calls = valley.world.rpc(WorldService);
  return learn(valley, "WORLD_NO_MARKETS", async () => {
    const [market, routes] = await Promise.all([calls.getMarket(asked), calls.getRoutes(asked)]);
    valley.markets.begin(market, routes);
    valley.learnNames(market.goods);
    valley.learnNames(market.purses.map(({ regionId, name }) => ({ id: regionId, name })));
  });
}

/** What people do, in words. */
export async function learnActivities(valley: Valley): Promise<void> {
  await learn(valley, "WORLD_UNKNOWN", async () => {
    const asked = { worldId: valley.world.id };
    const { activities } = await valley.world.rpc(NpcService).listActivities(asked);
    valley.learnNames(activities.map(({ activityId, says }) => ({ id: activityId, name: says })));
  });
}

/** What factions are called, and what they hold; a world may have none. */
export function learnPowers(valley: Valley): Promise<void> {
  const asked = { worldId: valley.world.id };
  const calls = valley.world.rpc(WorldService);
  return learn(valley, "WORLD_NO_FACTIONS", async () => {
    const [{ factions }, control] = await Promise.all([calls.getFactions(asked), calls.getControl(asked)]);
    valley.powers.begin(factions, control);
    valley.learnNames(factions.map(({ factionId, name }) => ({ id: factionId, name })));
  });
}

/** Things are called as their pack has it. */
export function learnThings({ deltas }: WorldStateUpdated, names: Map<string, string>): void {
  for (const { entityId, kind, set } of deltas) {
    const name = kind === EntityKind.OBJECT ? set["world.name"]?.value : undefined;
    if (name?.case === "text") names.set(entityId, name.value);
  }
}
