import type { World } from "@orrery/client";
import { Stance, WorldService } from "@orrery/schema/world/v1";
import type { Named } from "./find.ts";

/** What a faction that is not indifferent to somebody is to them; of others nothing is said. */
export const ESTEEMED: ReadonlyMap<Stance, string> = new Map([
  [Stance.HOSTILE, "you are an enemy there, and no market of theirs sells you anything"],
  [Stance.TENSE, "they are wary of you there"],
  [Stance.FRIENDLY, "you are well thought of there"],
]);

/** `The land is with the Weighhouse: they are wary of you there.`; empty: nobody's, or of somebody to whom the guest is nobody. */
export async function esteemHere(
  { world, topics }: { readonly world: World; readonly topics: readonly Named[] },
  regionId: string,
): Promise<string> {
  // A world without factions has none among what one may ask about.
  if (!topics.some(({ id }) => id.startsWith("faction:"))) return "";
  const calls = world.rpc(WorldService);
  const { regions } = await calls.getControl({ worldId: world.id, regionIds: [regionId] });
  const holderId = regions[0]?.holderId ?? "";
  if (holderId === "") return "";
  const { factions } = await calls.getFactions({ worldId: world.id, factionIds: [holderId] });
  const { name = holderId, reputation } = factions[0] ?? {};
  const says = ESTEEMED.get(reputation?.stance ?? Stance.NEUTRAL);
  return says === undefined ? "" : `The land is with ${name}: ${says}.`;
}
