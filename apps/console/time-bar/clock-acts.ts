import { type Phase, TimeService } from "@orrery/schema/time/v1";
import type { Valley } from "../data/valley.ts";

export const HOLD = "console";

export async function togglePause(valley: Valley): Promise<void> {
  if (!valley.isAdmin) return;
  const clock = valley.world.rpc(TimeService);
  const request = { worldId: valley.world.id, name: HOLD, idempotencyKey: crypto.randomUUID() };
  if (valley.world.clock.adjusted?.holds.includes(HOLD)) await clock.release(request);
  else await clock.hold({ ...request, note: "held from the console" });
}

/** Lets go a hold of whoever it is. */
export async function release(valley: Valley, name: string): Promise<void> {
  const request = { worldId: valley.world.id, name, idempotencyKey: crypto.randomUUID() };
  await valley.world.rpc(TimeService).release(request);
}

export async function setRate(valley: Valley, rate: number): Promise<void> {
  await valley.world
    .rpc(TimeService)
    .setRate({ worldId: valley.world.id, rate, idempotencyKey: crypto.randomUUID() });
}

/** Skips to the next start of a phase. */
export async function skipToPhase(valley: Valley, phase: Phase): Promise<void> {
  await valley.world.rpc(TimeService).skipTo({
    worldId: valley.world.id,
    idempotencyKey: crypto.randomUUID(),
    target: { case: "rule", value: { phases: [phase] } },
  });
}
