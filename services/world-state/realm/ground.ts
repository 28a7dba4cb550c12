import { create } from "@bufbuild/protobuf";
import { groundOf } from "@orrery/economy";
import { bordersOf } from "@orrery/politics";
import { NeighboursSchema, type Pack, type RealmGround } from "@orrery/schema/world/v1";

/** What of a pack the realm keeps: what its markets need, its factions, and who borders on whom. */
export function realmGround(pack: Pack | undefined): RealmGround {
  const ground = groundOf(pack);
  if (pack?.factions !== undefined) ground.factions = pack.factions;
  if (pack?.events !== undefined) ground.events = pack.events;
  for (const [id, regionIds] of bordersOf(pack?.land?.regions ?? []))
    ground.borders[id] = create(NeighboursSchema, { regionIds: [...regionIds] });
  return ground;
}
