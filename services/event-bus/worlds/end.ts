import type { ArchiveRequest, DeleteRequest } from "@orrery/schema/bus/v1";
import { WorldService as WorldRecordService } from "@orrery/schema/world/v1";
import type { Call, Kit } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { journal } from "../journal/part.ts";
import { removeWorld } from "../journal/remove-world.ts";
import { type EndedWorld, ends } from "./ends.ts";
import { checkNotPlatform } from "./fork.ts";
import { reachedGs } from "./place.ts";

/** Ends a world and keeps its past. A second time nothing more happens. @throws BUS_UNKNOWN_EVENT, BUS_WORLD_ENDED, BUS_WORLD_ID */
export async function archive({ worldId: world }: ArchiveRequest, call: Call) {
  const known = call.kit.part(ends).get(world);
  if (known?.deleted) throw new OrreryError(journalErrors.BUS_WORLD_ENDED, { given: `${world} was deleted` });
  const ended = known ?? (await endNow(call.kit, world, false));
  await sayEnd(call.kit, world, ended);
  return { atGs: ended.atGs };
}

/** @throws BUS_UNKNOWN_EVENT, BUS_WORLD_ID, BUS_WORLD_NEEDED with the forks that need its past */
export async function remove({ worldId: world }: DeleteRequest, call: Call) {
  const { kit } = call;
  const { forks } = kit.part(journal);
  const heirs = forks.list().filter(({ parent }) => parent === world);
  if (heirs.length > 0)
    throw new OrreryError(journalErrors.BUS_WORLD_NEEDED, {
      given: `${world}: ${heirs.map((heir) => heir.world).join(", ")}`,
    });
  const known = kit.part(ends).get(world);
  const ended = known?.deleted ? known : await endNow(kit, world, true);
  await sayEnd(kit, world, ended);
  const events = await removeWorld(kit.part(journal), kit.store, world);
  return { events };
}

async function endNow(kit: Kit, world: string, deleted: boolean): Promise<EndedWorld> {
  checkNotPlatform(world);
  const { reader, keeper } = kit.part(journal);
  const newest = keeper.newest(world);
  if (newest === 0)
    throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, { given: `anything of a world ${world}` });
  const ended = { deleted, atGs: await reachedGs(reader, world, newest), atMs: kit.hostMs() };
  await kit.part(ends).put(world, ended);
  return ended;
}

/** Said at once, and again at each start until the journal has it. */
export async function sayEnd(kit: Kit, world: string, { atGs, atMs, deleted }: EndedWorld): Promise<void> {
  const idempotencyKey = `ended-${Math.floor(atMs).toString(36)}`;
  const ended = { worldId: world, idempotencyKey, atGs, endedMs: atMs, deleted };
  await kit.client(WorldRecordService).endWorld(ended);
}
