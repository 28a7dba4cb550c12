import type { FrameBatch } from "@orrery/bus";
import { durableSubscription } from "../durable.ts";
import type { Kit, Part } from "../kit.ts";
import { besideOf, exclusively, type Keep, tell } from "./copies.ts";
import { type ProjectedEvent, projected } from "./event.ts";
import { rebuilding, type Rebuilt } from "./rebuild.ts";

/**
 * A table that follows events: plain SQL beside the world's state, a frame at a time, since a statement for each
 * event would cost a disk sync each. `keep` writes through what it is given, in a transaction with the mark that it has
 * heard these: it is told each event once, over kills, redelivery and redriven letters, in no order among publishers.
 * @param rebuild absent: it cannot be built again from the journal
 */
export function projection(
  name: string,
  types: readonly string[],
  keep: Keep<ProjectedEvent>,
  rebuild?: Rebuilt,
): Part<void> {
  const hears = { name, subscribes: types, durable: { order: "none" } } as const;
  const again = rebuild && rebuilding(name, types, keep, rebuild);
  return {
    ...hears,
    publishes: [],
    ...(again !== undefined && { rebuild: again.rebuild }),
    async start(kit) {
      again?.watch(kit);
      const subscription = kit.bus.subscribe({
        ...durableSubscription(kit, hears),
        handleFrame: (batch) => hear(kit, name, keep, batch),
      });
      return { handle: undefined, stop: async () => void (await subscription.drain()) };
    },
  };
}

async function hear(
  kit: Kit,
  projection: string,
  keep: Keep<ProjectedEvent>,
  batch: FrameBatch,
): Promise<void> {
  const { world } = batch;
  const events: ProjectedEvent[] = [];
  for (const event of batch.events()) events.push(projected(event, batch.frame.contentType));
  const copy = { projection, world };
  await exclusively(kit, copy, async (db, building) => {
    await tell(kit, db, copy, keep, events);
    if (building?.isQuiet === false)
      await tell(kit, db, { projection, world: besideOf(world) }, keep, events);
  });
}
